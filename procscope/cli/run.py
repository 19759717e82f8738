"""`procscope run`: run a program natively, with its facts recorded."""

from __future__ import annotations

from typing import Any

import click

from procscope.cli import launch
from procscope.cli.options import db_option
from procscope.cli.program import Program, program, split
from procscope.cli.wanted import Wanted
from procscope.runtime.settings import DETAILS


class RunCommand(click.Command):
    """Our options end where the program begins: everything from there on is the program's own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the program's words from click; `ctx.obj` becomes the Program. Raises click.UsageError."""
        valued = [name for option in self.params if not getattr(option, "is_flag", True) for name in option.opts]
        ours, rest = split(args, valued)
        super().parse_args(ctx, ours)
        try:
            ctx.obj = program(rest)
        except click.UsageError as error:
            error.ctx = ctx
            raise
        return []

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The usage line's words after the command's name."""
        return ["[OPTIONS]", "SCRIPT|-m MODULE|-c CODE", "[ARGS]..."]


@click.command("run", cls=RunCommand)
@db_option
@click.option("--name", help="What to call the run. Default: the script's name.")
@click.option(
    "--dashboard/--no-dashboard",
    default=None,
    help="Start the dashboard, or do not even mention one. Default: name it if it runs already.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the run in a browser (starts the dashboard).")
@click.option("--detail", type=click.Choice(DETAILS), help="Which items of map get rows of their own.")
@click.option("--capture-args/--no-capture-args", default=None, help="Keep previews of arguments. Default: keep.")
@click.option("--quiet", is_flag=True, help="Say nothing on stderr.")
@click.pass_obj
def command(chosen: Program, /, **options: Any) -> None:
    """Run SCRIPT, a MODULE or CODE exactly as python would, and record what its processes do.

    Everything after the script belongs to the program.
    """
    wanted = Wanted(
        name=options["name"] or chosen.name,
        dashboard=True if options["open_browser"] else options["dashboard"],
        open_browser=options["open_browser"],
        quiet=options["quiet"],
    )
    flags = {name: options[name] for name in ("db", "detail", "capture_args")}
    launch.launch(chosen, flags, wanted)
