"""The grammar of the plan language."""
