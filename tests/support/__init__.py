"""What several tests share: reading recordings back, running the command, the desktop."""
