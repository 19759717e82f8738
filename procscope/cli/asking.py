"""The store for a command that asks: settled first, and None where nothing was ever recorded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from procscope.cli import config
from procscope.cli.readiness import sqlite_path
from procscope.cli.settle import settle
from procscope.runtime.settings import Settings

if TYPE_CHECKING:
    from procscope.runtime.store.queries import Store


def settled_store(db: str | None) -> Store | None:
    """The store of this command's settings, once it holds what had happened when the command was typed.

    None where there is no database and nobody gave one. Raises ProcscopeError.
    """
    settings = config.load({"db": db})
    settle(settings)
    return store_of(settings)


def store_of(settings: Settings) -> Store | None:
    """The store, or None where the default database does not exist yet. Raises StoreError."""
    from procscope.runtime.store.queries import Store

    path = sqlite_path(settings)
    if path is not None and not settings.db and not os.path.exists(path):
        return None
    return Store.open(settings)
