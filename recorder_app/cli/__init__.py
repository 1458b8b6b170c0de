"""The recorder-app command, one module per group of verbs."""
