"""The group of commands, which imports a command's module only when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click


class Commands(click.Group):
    """`procscope`. `summaries` maps each command's name to its line of help."""

    def __init__(self, summaries: Mapping[str, str]) -> None:
        super().__init__("procscope", help="See what Python worker processes are doing.", no_args_is_help=False)
        self.invoke_without_command = True
        self.callback = _help_unless_command
        self.params.append(_version_option())
        self._summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order a newcomer meets them."""
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import `procscope.cli.<name>` and take its `command`; None for a name that is no command."""
        if cmd_name not in self._summaries:
            return None
        found = import_module(f"procscope.cli.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the summaries, so that help imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))


def _help_unless_command() -> None:
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _version_option() -> click.Option:
    def tell(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted:
            click.echo(f"procscope {_version()}")
            ctx.exit()

    return click.Option(
        ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=tell, help="Show the version."
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("procscope")
    except PackageNotFoundError:
        return "(not installed)"
