"""Watching a recording and cutting it: the player, and the page that trims.

Qt's player is loaded with the first file that is opened, not with these modules.
"""
