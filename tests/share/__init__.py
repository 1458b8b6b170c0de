"""Uploads, against real servers on this computer."""
