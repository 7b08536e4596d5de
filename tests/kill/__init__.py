"""Processes that are killed at work, and what they had been told before."""
