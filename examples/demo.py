"""`make demo`: the dashboard on a free loopback port, and a real pipeline running behind it until Ctrl-C.

What it records stays in `.demo/`, so that yesterday's demo can still be asked about.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PROCSCOPE = Path(sys.executable).with_name("procscope")
PATIENCE = 60.0
GRACE = 5.0


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


def start(words: Sequence[str | Path], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A program in a session of its own, so that Ctrl-C reaches us alone and we end it in order."""
    return subprocess.Popen([PROCSCOPE, *words], env=environment, stdout=subprocess.DEVNULL, start_new_session=True)


def link(home: Path, server: subprocess.Popen[bytes]) -> str:
    """The dashboard's address with its token, once it serves. Raises DemoError."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            raise DemoError(f"the dashboard ended with exit code {server.returncode}")
        said = _said(home / "server.json")
        if said.get("pid") == server.pid:
            return f"{said['url']}?token={said['token']}"
        time.sleep(0.05)
    raise DemoError(f"the dashboard was not there after {PATIENCE:g} s")


def _said(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def stop(program: subprocess.Popen[bytes] | None) -> None:
    """Ends a program and all that it started."""
    if program is None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, number)
            program.wait(GRACE)
        except subprocess.TimeoutExpired:
            continue
        except (ProcessLookupError, PermissionError):
            break
    program.wait()


def introduce(address: str, home: Path) -> None:
    """What to look at, and what to type in another terminal."""
    print(f"\n  procscope is live at  {address}\n", flush=True)
    print("  A pipeline of pictures and texts runs behind it: some fail, one is slow, a worker gets killed.")
    print("  Ask from another terminal:")
    print(f"    PROCSCOPE_STATE_DIR={home} {PROCSCOPE} tasks state:failed\n")
    print("  Ctrl-C ends it.", flush=True)


def leave(_signal: int, _frame: object) -> NoReturn:
    """SIGTERM and a closed terminal end the demo as Ctrl-C does."""
    raise KeyboardInterrupt


def demo(home: Path, pipeline: list[str]) -> None:
    """Serve, run, and stay until interrupted. Raises DemoError."""
    home.mkdir(mode=0o700, exist_ok=True)
    environment = {**os.environ, "PROCSCOPE_STATE_DIR": str(home)}
    server = start(["serve", "--port", "0"], environment)
    job: subprocess.Popen[bytes] | None = None
    try:
        address = link(home, server)
        job = start(["run", "--quiet", "--name", "pipeline", ROOT / "examples" / "pipeline.py", *pipeline], environment)
        introduce(address, home)
        server.wait()
        raise DemoError(f"the dashboard ended with exit code {server.returncode}")
    except KeyboardInterrupt:
        print("\nbye", flush=True)
    finally:
        for program in (job, server):
            stop(program)


def main() -> int:
    """Parse, run, and say in one sentence what went wrong."""
    parser = argparse.ArgumentParser(description="the dashboard with a real pipeline behind it")
    parser.add_argument("--home", type=Path, default=ROOT / ".demo", help="where it records")
    options, pipeline = parser.parse_known_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        demo(options.home.resolve(), pipeline or ["--forever"])
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
