"""The dashboard's server as the command line sees it: does one run, start one, the link to a page."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import NamedTuple
from urllib.parse import quote

from procscope.runtime import detach
from procscope.runtime.collector.start import environment
from procscope.runtime.settings import Settings

START_SECONDS = 10.0


class Server(NamedTuple):
    """What `server.json` in the state directory says of a server that runs."""

    pid: int
    url: str
    token: str


def running(settings: Settings) -> Server | None:
    """The server that serves this state directory, None where there is none (any more)."""
    try:
        with open(os.path.join(settings.home, "server.json"), "rb") as file:
            found = json.load(file)
        server = Server(int(found["pid"]), str(found["url"]).rstrip("/"), str(found.get("token") or ""))
        os.kill(server.pid, 0)
    except PermissionError:
        return None  # a pid of another user: not the one that wrote our file
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return server


def start(settings: Settings) -> Server | None:
    """Start a server that outlives us; None if it does not answer within START_SECONDS (then its log says why)."""
    detach.detached([sys.executable, "-m", "procscope", "serve"], environment(settings), log(settings))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if found := running(settings):
            return found
        time.sleep(0.05)
    return None


def log(settings: Settings) -> str:
    """Where a server that we started writes what it has to say."""
    return os.path.join(settings.home, "serve.log")


def link(server: Server, path: str, *, with_token: bool) -> str:
    """The address of the page at `path`; with the token it also logs in."""
    if not with_token or not server.token:
        return server.url + path
    return f"{server.url}{path}?token={quote(server.token, safe='')}"
