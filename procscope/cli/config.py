"""Settings for a command: defaults < [tool.procscope] in pyproject.toml < procscope.toml < PROCSCOPE_* < flags.

Each file is the nearest one, from the working directory upwards. Names may be spelled with dashes; a relative
`db` or `state_dir` in a file is relative to that file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from procscope.runtime.errors import BadSettingError
from procscope.runtime.settings import PREFIX, Settings

tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

_NOT_IN_FILES = frozenset({"run", "disable"})
_PATHS = frozenset({"db", "state_dir"})


def load(
    flags: Mapping[str, Any] | None = None, *, directory: str | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """The settings in force in `directory` (default: the working directory); None among `flags` is "not given".

    Raises BadSettingError naming the file, variable or flag that is wrong.
    """
    where = directory or _working_directory()
    settings = Settings()
    for values in (_pyproject(where), _own_file(where)):
        settings = settings.overlaid(values)
    variables = {field: PREFIX + field.upper() for field in Settings._fields}
    settings = settings.overlaid({field: environ[name] for field, name in variables.items() if name in environ})
    return settings.overlaid({name: value for name, value in (flags or {}).items() if value is not None})


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed under us: there is no file to read either
        return os.sep


def _pyproject(directory: str) -> dict[str, Any]:
    for path in _upwards(directory, "pyproject.toml"):
        tool = _read(path).get("tool", {})
        found = tool.get("procscope") if isinstance(tool, dict) else None
        return _checked(path, found) if found is not None else {}
    return {}


def _own_file(directory: str) -> dict[str, Any]:
    for path in _upwards(directory, "procscope.toml"):
        return _checked(path, _read(path))
    return {}


def _upwards(directory: str, name: str) -> Iterator[str]:
    folder = os.path.abspath(directory)
    while True:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            yield path
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            found: dict[str, Any] = tomllib.load(file)
            return found
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettingError(f"{path} cannot be read ({error}): mend it, or move it away") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettingError(f"{path} is not valid TOML ({error}): mend that line") from None


def _checked(path: str, table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise BadSettingError(f"{path}: tool.procscope is not a table: write [tool.procscope]")
    values = {name.replace("-", "_"): value for name, value in table.items()}
    for name, value in values.items():
        if name in _NOT_IN_FILES:
            raise BadSettingError(f"{path}: {name} cannot be set in a file: use {PREFIX}{name.upper()}")
        values[name] = _from_file(path, name, value)
    try:
        Settings().overlaid(values)
    except BadSettingError as error:
        raise BadSettingError(f"{path}: {error}") from None
    return values


def _from_file(path: str, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    if name in _PATHS and isinstance(value, str) and value and "://" not in value:
        return os.path.join(os.path.dirname(path), os.path.expanduser(value))
    return value
