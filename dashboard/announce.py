"""server.json in the state directory: how `procscope run` learns that a dashboard serves, and at which link."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from procscope.runtime.settings import Settings


@contextmanager
def announced(settings: Settings, url: str, token: str) -> Iterator[None]:
    """server.json in the state directory while we serve, for `procscope run` to print the link."""
    path = os.path.join(settings.home, "server.json")
    draft = f"{path}.{os.getpid()}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"pid": os.getpid(), "url": url, "token": token}, file)
    os.replace(draft, path)
    try:
        yield
    finally:
        _retract(path)


def _retract(path: str) -> None:
    """Remove server.json unless a later server has put its own there."""
    try:
        with open(path, encoding="utf-8") as file:
            mine = json.load(file).get("pid") == os.getpid()
        if mine:
            os.unlink(path)
    except (OSError, ValueError, AttributeError):
        return
