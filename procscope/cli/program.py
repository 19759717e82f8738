"""The program that `procscope run` was asked to run: which words are ours, which are its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import click


class Program(NamedTuple):
    """What to run. `kind` is script, module, code or stdin; `target` its path, name, source or '-'."""

    kind: str
    target: str
    args: tuple[str, ...]

    @property
    def interpreter_args(self) -> list[str]:
        """What comes after the interpreter's own options on its command line."""
        flag = {"module": ["-m"], "code": ["-c"]}.get(self.kind, [])
        if self.kind == "script" and self.target.startswith("-"):
            flag = ["--"]
        return [*flag, self.target, *self.args]

    @property
    def name(self) -> str:
        """How the run is called unless it was given a name: the file's or module's name, or '-c'."""
        if self.kind == "code":
            return "-c"
        return self.target if self.kind != "script" else os.path.basename(self.target.rstrip(os.sep)) or self.target


def split(words: Sequence[str], takes_value: Iterable[str]) -> tuple[list[str], list[str]]:
    """Divide `words` into our options and the program with its arguments.

    The program begins at the first word that is not an option, at -m or -c, or after `--`. `takes_value` names
    our options that are followed by a value.
    """
    valued = frozenset(takes_value)
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return list(words[:at]), list(words[at:])
        if not word.startswith("-") or word == "-" or (word[:2] in ("-m", "-c") and not word.startswith("--")):
            break
        at += 2 if word in valued else 1
    return list(words[:at]), list(words[at:])


def program(words: Sequence[str]) -> Program:
    """What the rest of the command line says to run, as `python` would take it; raises click.UsageError."""
    if words[:1] == ["--"]:
        return _script(words[1:])
    if words and words[0][:2] in ("-m", "-c"):
        return _flagged(words)
    return _script(words)


def _flagged(words: Sequence[str]) -> Program:
    flag, attached = words[0][:2], words[0][2:]
    rest = [attached, *words[1:]] if attached else list(words[1:])
    if not rest:
        raise click.UsageError(f"{flag} needs {'a module' if flag == '-m' else 'code'} after it")
    return Program("module" if flag == "-m" else "code", rest[0], tuple(rest[1:]))


def _script(words: Sequence[str]) -> Program:
    if not words:
        raise click.UsageError("there is no program to run: name a script, or use -m MODULE or -c CODE")
    target, args = words[0], tuple(words[1:])
    if target == "-":
        return Program("stdin", target, args)
    return Program("script", _readable(target), args)


def _readable(path: str) -> str:
    if not os.path.lexists(path):
        is_interpreter = os.path.basename(path).startswith("python")
        remedy = "name the script itself, without the interpreter" if is_interpreter else "check the path"
        raise click.UsageError(f"there is no file {path!r} to run: {remedy}")
    if os.path.isdir(path) and not os.path.exists(os.path.join(path, "__main__.py")):
        raise click.UsageError(f"{path!r} is a directory without a __main__.py: name the script in it")
    if not os.access(path, os.R_OK):
        raise click.UsageError(f"{path!r} cannot be read: check its permissions")
    return path
