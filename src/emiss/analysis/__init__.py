"""Analysis of recorded events."""
