"""What cannot be done with a database, in one sentence that names it and the remedy; never its password."""

from __future__ import annotations

import os

from sqlalchemy import URL

from procscope.runtime.errors import StoreError


def shown(url: URL) -> str:
    """What messages call the database: its path, or its URL without the password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(password=None, query={}).render_as_string()


def explained(url: URL, error: BaseException) -> StoreError:
    """The one sentence for a failure to reach or use the database at `url`."""
    name, words = shown(url), str(error).splitlines()[0] if str(error) else type(error).__name__
    if url.get_backend_name() != "sqlite":
        return StoreError(f"the database {name} cannot be used ({_secretless(url, words)}): is the server up?")
    for sign, remedy in _SQLITE_REMEDIES.items():
        if sign in words:
            return StoreError(f"the database {name} {remedy}")
    if isinstance(error, OSError):
        return StoreError(_os_sentence(name, error))
    return StoreError(f"the database {name} cannot be used ({words}): give another with --db")


_SQLITE_REMEDIES = {
    "not a database": "is not a SQLite database: give another file with --db",
    "malformed": "is damaged: recover it with sqlite3's .recover, or give another file with --db",
    "readonly": "is read-only: make the file and its directory writable, or give another with --db",
    "unable to open": "cannot be opened: check the permissions of the file and its directory, or use another with --db",
    "locked": "is locked by another program: end that program, or try again",
    "full": "cannot grow because the disk is full: free some space, or run procscope prune --older 7d",
    "disk I/O": "cannot be read because of a disk error: check the disk, or give another with --db",
}


def _os_sentence(name: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and not os.path.isdir(os.path.dirname(name)):
        return f"there is no directory for the database {name}, and none can be made: give another with --db"
    if isinstance(error, FileNotFoundError):
        return f"there is no database at {name}: run a program with procscope run first, or give another with --db"
    if isinstance(error, PermissionError):
        return f"the database {name} may not be opened by this user: check its permissions, or give another with --db"
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return f"the database {name} cannot be created because a part of its path is a file: give another with --db"
    return f"the database {name} cannot be opened ({error.strerror}): give another with --db"


def _secretless(url: URL, words: str) -> str:
    return words.replace(str(url.password), "***") if url.password else words
