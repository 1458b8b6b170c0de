"""Composition root: builds whole things for the command line and the app."""
