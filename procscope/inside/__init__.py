"""Asking about a run from within one of its processes: the notebook's magic and pytest's plugin."""
