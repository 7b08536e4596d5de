"""Hostile files: seeds with bytes and words changed at random, and what must hold whatever they then are.

`scripts/fuzz.py` runs as many as asked, tests/test_fuzz.py a few.
"""
