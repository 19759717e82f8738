"""One frozen object from defaults < [tool.procscope] < procscope.toml < PROCSCOPE_* < flags.

The observed program reads only PROCSCOPE_* (`Settings.from_environment`): whoever launches it resolves files
and flags first and hands the result on by `Settings.to_environment`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from procscope.runtime.errors import BadSettingError

PREFIX = "PROCSCOPE_"
DETAILS = ("auto", "all", "failures")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


def default_state_dir(environ: Mapping[str, str] = os.environ) -> str:
    """$XDG_STATE_HOME/procscope, else ~/.local/state/procscope."""
    home = environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(home, "procscope")


class Settings(NamedTuple):
    """Every knob. Times are seconds unless the name says otherwise; sizes are bytes.

    A NamedTuple, since `dataclasses` would import `inspect` into every observed program.
    """

    disable: bool = False
    state_dir: str = ""
    db: str = ""
    """A database URL or a SQLite path; '' is `procscope.db` in the state directory."""
    run: str = ""
    """Key of the run this process belongs to; '' where no run is active."""
    detail: str = "auto"
    """auto: failures, losses and items over task_detail_min get rows; all: every item; failures: those only."""
    capture_args: bool = True
    task_detail_min: float = 0.001
    preview_bytes: int = 512
    secret_names: str = ""
    """Further parameter names to scrub, separated by commas."""
    spool_cap: int = 1 << 30
    logs: bool = True
    """Whether log records of WARNING and above are kept, and what a process wrote to stderr before it died."""
    sync: bool = True
    """Whether locks, semaphores, events, conditions and barriers are observed."""
    channels: bool = True
    """Whether queues, pipes, managers and shared memory are observed."""
    sample_every: float = 1.0
    collector_tick: float = 0.1
    collector_idle: float = 30.0
    """A collector with no live run leaves after so long."""
    host: str = "127.0.0.1"
    port: int = 8787
    task_limit: float = 0.0
    """A task that runs longer than this is named on the overview; 0 is no limit."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Defaults overlaid with PROCSCOPE_*; raises BadSettingError naming the variable."""
        names = {field: PREFIX + field.upper() for field in cls._fields}
        return cls().overlaid({field: environ[name] for field, name in names.items() if name in environ})

    def overlaid(self, values: Mapping[str, Any]) -> Settings:
        """A copy with `values` (strings or typed) over it; raises BadSettingError on an unknown name or bad value."""
        known = {field: type(default) for field, default in self._field_defaults.items()}
        for name in values:
            if name not in known:
                raise BadSettingError(f"there is no setting named {name!r}: use one of {', '.join(known)}")
        return self._replace(**{name: _coerced(name, value, known[name]) for name, value in values.items()})

    def to_environment(self) -> dict[str, str]:
        """The PROCSCOPE_* variables that differ from the defaults, for a child process."""
        plain = Settings()
        return {
            PREFIX + field.upper(): _spelled(value)
            for field, value, default in zip(self._fields, self, plain, strict=True)
            if value != default
        }

    @property
    def slow_ns(self) -> int:
        """Items that run as long get rows of their own, in nanoseconds: 0 for all, -1 for none."""
        return {"all": 0, "failures": -1}.get(self.detail, max(int(self.task_detail_min * 1e9), 1))

    @property
    def home(self) -> str:
        """The state directory, resolved."""
        return os.path.abspath(self.state_dir or default_state_dir())

    @property
    def database_url(self) -> str:
        """The database as a URL: a bare path becomes a sqlite:/// one."""
        if "://" in self.db:
            return self.db
        return "sqlite:///" + os.path.abspath(self.db or os.path.join(self.home, "procscope.db"))

    @property
    def spool(self) -> str:
        """The spool directory: one a database, so that one collector serves each."""
        if not self.db:
            return os.path.join(self.home, "spool")
        import hashlib

        digest = hashlib.sha256(self.database_url.encode("utf-8", "surrogateescape")).hexdigest()
        return os.path.join(self.home, "spool-" + digest[:12])


def _coerced(name: str, value: Any, kind: type) -> Any:
    try:
        if kind is bool:
            return value if isinstance(value, bool) else _boolean(str(value))
        if name == "detail" and value not in DETAILS:
            raise ValueError
        return kind(value)
    except (TypeError, ValueError):
        wanted = "one of " + ", ".join(DETAILS) if name == "detail" else f"a value of type {kind.__name__}"
        raise BadSettingError(f"setting {name} is {value!r}: give {wanted}") from None


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


def _spelled(value: Any) -> str:
    return ("1" if value else "0") if isinstance(value, bool) else str(value)
