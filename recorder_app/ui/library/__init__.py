"""The library window and its parts."""
