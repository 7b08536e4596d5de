"""Text to tables."""
