"""See what Python worker processes are doing."""
