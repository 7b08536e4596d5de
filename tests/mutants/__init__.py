"""Deliberate mistakes of the kind that telephony makes; each must be caught by a test. Run by scripts/mutants.py."""
