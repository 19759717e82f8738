"""What Alembic executes: it is handed an open connection, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from procscope.runtime.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
