"""What is known about the operating system that is not capture."""
