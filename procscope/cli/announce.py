"""The line at the start of a run, and the dashboard and browser it may open."""

from __future__ import annotations

import sys

from procscope.cli import browser, orphan, server
from procscope.cli.wanted import Wanted
from procscope.runtime.settings import Settings


def started(key: str, settings: Settings, wanted: Wanted) -> None:
    """Say on stderr that run `key` begins and where it can be watched; start the dashboard if that was asked."""
    found = None if wanted.dashboard is False else server.running(settings)
    if found is None and wanted.dashboard:
        found = server.start(settings)
    if found and wanted.open_browser:
        address = server.link(found, f"/runs/{key}", with_token=True)
        orphan.orphaned(lambda: browser.open_quietly(address, settings.home))
    if not wanted.quiet:
        _say(_start_line(key, settings, wanted, found))


def _start_line(key: str, settings: Settings, wanted: Wanted, found: server.Server | None) -> str:
    line = f'procscope: run {key[:6]}… "{wanted.name}"'
    if found:
        # A log file must not hold the token: whoever reads it could log in.
        return f"{line} — {server.link(found, f'/runs/{key}', with_token=sys.stderr.isatty())}"
    if wanted.dashboard:
        return f"{line} — the dashboard did not start: see {server.log(settings)}"
    return line


def _say(line: str) -> None:
    print("".join(c if c.isprintable() else "?" for c in line), file=sys.stderr, flush=True)
