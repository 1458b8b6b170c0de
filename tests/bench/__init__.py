"""Measurements for a quiet machine; run by make targets, never by the tests."""
