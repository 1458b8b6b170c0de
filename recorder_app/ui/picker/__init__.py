"""Choosing what to record by pointing at it."""
