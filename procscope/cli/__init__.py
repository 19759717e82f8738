"""The command line: one file a command, imported only when that command is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from procscope.cli.group import Commands
from procscope.runtime.errors import ProcscopeError

COMMANDS = {
    "run": "Run a program and record what its processes do.",
    "runs": "List runs, newest first.",
    "tasks": "List tasks that match a query, newest first.",
    "task": "Show everything about one task.",
    "tree": "Show a run's processes as a tree.",
    "speedup": "Show why N workers were not N times faster.",
    "sync": "Show what a run's processes share: locks, queues, memory.",
    "serve": "Serve the dashboard.",
    "collect": "Collect in the foreground.",
    "prune": "Forget old runs.",
}
"""Name → what `procscope --help` says of it; the command is `command` in `procscope.cli.<name>`."""


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave: 0 with results, 1 with none, 2 for bad usage; never a traceback of ours."""
    sys.exit(_outcome(list(sys.argv[1:] if args is None else args)))


def _outcome(args: list[str]) -> int:
    import click

    try:
        return int(Commands(COMMANDS).main(args, prog_name="procscope", standalone_mode=False) or 0)
    except ProcscopeError as error:
        return _complain(str(error), error.exit_code)
    except click.UsageError as error:
        return _complain(_usage(error), 2)
    except click.ClickException as error:
        return _complain(error.format_message(), 2)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        # The reader has gone (`| head`). The interpreter's flush at exit must not complain about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _usage(error: object) -> str:
    import click

    assert isinstance(error, click.UsageError)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    command = error.ctx.command_path if error.ctx else "procscope"
    said = error.format_message().rstrip(".")
    return f"{said[:1].lower()}{said[1:]}; see `{command} --help`"


def _complain(sentence: str, exit_code: int) -> int:
    print(f"procscope: {sentence}", file=sys.stderr)
    return exit_code
