"""What is stored, how it is written, and every question it can answer."""
