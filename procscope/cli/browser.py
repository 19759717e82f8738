"""Opening a page in the user's browser without showing its token to everyone on the machine.

A browser's command line can be read by all users; so it is given a file of ours, 0600, that leads to the page.
"""

from __future__ import annotations

import html
import os
from pathlib import Path

from procscope.cli import orphan

_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={0}"><a href="{0}">procscope</a>\n'
)


def open_page(address: str, directory: str) -> bool:
    """Open `address` by way of a file in `directory` (ours alone); False if no browser took it."""
    import webbrowser

    path = Path(directory, "open.html")
    draft = path.with_suffix(f".{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_PAGE.format(html.escape(address, quote=True)))
    draft.replace(path)
    return webbrowser.open(path.as_uri())


def open_quietly(address: str, directory: str) -> None:
    """`open_page` for a detached process: what the browser prints is not the program's output."""
    orphan.close_standard(keep_stderr=False)
    open_page(address, directory)
