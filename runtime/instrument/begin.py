"""Beginning a run from within: the manifest, and a collector that is nobody's child."""

from __future__ import annotations

import os
import sys
import warnings

from procscope.runtime import clock
from procscope.runtime.instrument import argv, boot
from procscope.runtime.journal import plain, segment
from procscope.runtime.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DETACH = """
import os, sys
program, told, source, *words = sys.argv[1:]
try:
    watched = os.pidfd_open(int(program))
except (AttributeError, OSError):
    watched = -1
if os.fork():
    os._exit(0)
os.setsid()
if os.fork() == 0:
    os.execv(sys.executable, [sys.executable, "-c", source, *words])
import fcntl, select, struct
code = "?"
try:
    ended = select.poll()
    ended.register(watched, select.POLLIN)
    ended.poll()
    for _ in range(200):
        with open(f"/proc/{program}/stat") as file:
            state, *fields = file.read().rpartition(")")[2].split()
        if state == "Z":
            code = os.waitstatus_to_exitcode(int(fields[48]))
            break
except (AttributeError, LookupError, OSError, ValueError):
    pass
try:
    answer = bytearray(struct.pack("<Q", 8) + bytes(56))
    fcntl.ioctl(watched, 3 << 30 | 64 << 16 | 0xFF << 8 | 11, answer)
    if answer[0] & 8:
        code = os.waitstatus_to_exitcode(struct.unpack_from("<i", answer, 60)[0])
except (OSError, ValueError):
    pass
with open(told, "w") as file:
    file.write(f"{code}\\n")
"""
# The process that starts the collector stays as the run's witness. How a program ended is told to outsiders by its
# /proc entry until its parent has reaped it, and after that by PIDFD_GET_INFO (Linux 6.15) to whoever watched before.
_COLLECT = "import sys; sys.path[0:1] = [{root!r}]; from procscope.cli import main; main()"


def run() -> None:
    """Begin a run whose main process is this one."""
    try:
        settings = _absolute(Settings.from_environment())
        key = os.urandom(6).hex()
        directory = os.path.join(settings.spool, key)
        _write_manifest(directory, key, settings.slow_ns)
        _start_collector(settings, directory)
        variables = settings._replace(run=key).to_environment()
    except Exception as error:
        warnings.warn(f"procscope: not recording this run: {error}", RuntimeWarning, stacklevel=3)
        return
    os.environ.update(variables)  # Python subprocesses join the run
    boot.activate(key, variables, announce=True)


def _absolute(settings: Settings) -> Settings:
    db = settings.db if not settings.db or "://" in settings.db else os.path.abspath(settings.db)
    return settings._replace(state_dir=settings.home, db=db)


def _write_manifest(directory: str, key: str, slow_ns: int) -> None:
    spool = os.path.dirname(directory)
    os.makedirs(spool, 0o700, exist_ok=True)
    if os.lstat(spool).st_uid != os.geteuid():
        raise PermissionError(f"{spool} belongs to another user")
    os.mkdir(directory, 0o700)
    told = (f"{plain.dumps(name)}:{plain.dumps(value)}" for name, value in _manifest(key, slow_ns))
    content = "{" + ",".join(told) + "}"
    path = os.path.join(directory, "run.json")
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(content)
    os.rename(path + ".new", path)


def _manifest(key: str, slow_ns: int) -> list[tuple[str, Any]]:
    words = argv.shown()
    name = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else "python"
    return [
        ("version", 1), ("key", key), ("name", name), ("argv", words), ("cwd", os.getcwd()),
        ("host", os.uname().nodename), ("user", _user()), ("python", ".".join(map(str, sys.version_info[:3]))),
        ("pid", os.getpid()), ("start_ticks", segment.start_ticks()), ("boot_id", segment.boot_id().hex()),
        ("began_ns", clock.wall_ns()), ("slow_ns", slow_ns), ("notes", []),
    ]  # fmt: skip


def _user() -> str:
    return next((os.environ[name] for name in ("LOGNAME", "USER") if os.environ.get(name)), str(os.getuid()))


def _start_collector(settings: Settings, directory: str) -> None:
    """By an interpreter that forks and leaves: the program's wait(-1) cannot see the collector or the witness."""
    import subprocess

    import procscope

    root = os.path.dirname(os.path.dirname(os.path.abspath(procscope.__file__)))
    told = os.path.join(directory, "exit")
    os.close(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    environment = {name: value for name, value in os.environ.items() if name != "PROCSCOPE_RUN"}
    words = [str(os.getpid()), told, _COLLECT.format(root=root), "collect", "--idle-exit"]
    subprocess.run(
        [sys.executable, "-S", "-c", _DETACH, *words],
        env=environment | settings.to_environment(), cwd=settings.home, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
