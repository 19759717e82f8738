"""Alembic: one file a schema version, run by `procscope.runtime.store.engine.migrate`."""
