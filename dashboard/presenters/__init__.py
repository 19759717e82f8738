"""Query rows to view models: pure functions of values, one module a noun."""
