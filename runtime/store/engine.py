"""Opening the database: one function for writers and readers, and the schema's version.

Writers create what is missing and migrate what is older; readers never change a file that is current, and never
block its writer. Every failure is a StoreError of one sentence.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import URL, Connection, Engine, event, inspect, text
from sqlalchemy.engine import ExceptionContext

from procscope.runtime.errors import StoreError
from procscope.runtime.store import dialect
from procscope.runtime.store.remedies import explained, shown

REVISIONS = ("0001", "0002")
"""Every schema version this code knows, oldest first; the names of the files in migrations/versions."""

# Exactly these: their subclasses (integrity, programming) are mistakes of ours, not of the database.
_TRANSLATED = (sqlite3.OperationalError, sqlite3.DatabaseError)


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine on the database at `url` (or path), connected once and of the current schema.

    For writing, the file is created (0600, its directories 0700) and migrated as needed. `read_only` needs a
    database that exists, and migrates an older one only if it may. Raises StoreError.
    """
    target = dialect.parsed(url)
    if not read_only:
        return _checked(target)
    engine = _engine(target, read_only=True)
    try:
        revision = _revision(engine)
        if revision != REVISIONS[-1]:
            _bring_up(target, revision)
            _revision(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _checked(target: URL) -> Engine:
    engine = _engine(target, read_only=False)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _bring_up(target: URL, revision: str | None) -> None:
    _refuse_later(shown(target), revision)
    if not dialect.writable(target):
        raise StoreError(
            f"the database {shown(target)} is of an older version and cannot be written: "
            "make it writable once, so that procscope can migrate it"
        )
    _checked(target).dispose()


def migrate(engine: Engine) -> None:
    """Bring the schema to this version, whatever it was; costs one query where there is nothing to do.

    Raises StoreError for a database of a later version and for one that cannot be written.
    """
    if _revision(engine) == REVISIONS[-1]:
        return
    with engine.begin() as connection:
        dialect.lock_for_migration(connection)
        revision = _revision_in(connection)
        _refuse_later(_name(engine), revision)
        if revision != REVISIONS[-1]:
            _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    # Imported late: nine openings of ten have nothing to migrate, and Alembic is 100 ms of imports.
    from alembic import command
    from alembic.config import Config

    import procscope.migrations as scripts

    config = Config()
    config.set_main_option("script_location", scripts.__path__[0].replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _revision_in(connection)


def _revision_in(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT max(version_num) FROM alembic_version")).scalar()


def _refuse_later(name: str, revision: str | None) -> None:
    if revision is not None and revision not in REVISIONS:
        raise StoreError(
            f"the database {name} was written by a later version of procscope (schema {revision}, this one knows "
            f"{REVISIONS[-1]}): upgrade procscope, or give another database with --db"
        )


def _name(engine: Engine) -> str:
    return str(getattr(engine, "procscope_name", engine.url))


def _engine(target: URL, *, read_only: bool) -> Engine:
    engine = dialect.engine_for(target, read_only=read_only)
    engine.procscope_name = shown(target)  # type: ignore[attr-defined]

    @event.listens_for(engine, "handle_error")
    def _(context: ExceptionContext) -> StoreError | None:
        return _translated(target, context.original_exception)

    return engine


def _translated(target: URL, error: BaseException) -> StoreError | None:
    if type(error) in _TRANSLATED or type(error).__name__ == "OperationalError":
        return explained(target, error)
    return None
