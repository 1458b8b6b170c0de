"""Recorder: a desktop screen recorder that never loses a take."""

__version__ = "0.1.0"
