"""The host's CPU and memory, and what its cgroup allows."""

from __future__ import annotations

import os

import psutil

from procscope.runtime.collector.fold.changes import Changes

_ROOT = "/sys/fs/cgroup"


def cgroup(line_source: str = "/proc/self/cgroup", root: str = _ROOT) -> str:
    """The directory of this process's version 2 cgroup; the root where it has none."""
    try:
        with open(line_source, encoding="utf-8") as source:
            for line in source:
                if line.startswith("0::"):
                    path = os.path.join(root, line[3:].strip().lstrip("/"))
                    return path if os.path.isdir(path) else root
    except OSError:
        pass
    return root


def memory_limit(directory: str) -> int | None:
    """memory.max in bytes, None where there is no limit."""
    text = _read(os.path.join(directory, "memory.max")) or _read(
        os.path.join(_ROOT, "memory", "memory.limit_in_bytes")
    )  # fmt: skip
    if not text.isdigit() or int(text) >= 1 << 60:
        return None
    return int(text)


def oom_kills(directory: str) -> int | None:
    """How many processes of the cgroup the kernel has killed for memory, None where it does not count."""
    for line in _read(os.path.join(directory, "memory.events")).splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill" and count.isdigit():
            return int(count)
    return None


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as source:
            return source.read(4096).strip()
    except OSError:
        return ""


class Host:
    """Samples the host this collector runs on."""

    def __init__(self) -> None:
        self._cgroup = cgroup()
        psutil.cpu_percent(None)

    def sample(self, changes: Changes, name: str, at_s: int) -> None:
        """One row of `host_samples`: CPU in percent of all cores together, memory in bytes."""
        memory = psutil.virtual_memory()
        changes.host_samples.append((
            name, 1, at_s, psutil.cpu_percent(None), memory.total - memory.available, memory.total,
            memory_limit(self._cgroup), oom_kills(self._cgroup),
        ))  # fmt: skip
