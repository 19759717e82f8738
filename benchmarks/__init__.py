"""Measurements: each a module to run, each printing what it measured against its budget."""
