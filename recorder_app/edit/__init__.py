"""Editing: what to make of a recording, and making it, exactly and at the cost of the change.

Knows PyAV through ``media`` and nothing about libraries, screens or windows.
"""
