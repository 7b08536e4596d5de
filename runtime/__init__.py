"""Tables to decisions."""
