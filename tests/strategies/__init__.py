"""Hypothesis strategies: builds with calls on them, and builds with mistakes; tested by tests/test_strategies.py."""
