"""The pieces of a seeded picture: runs, pools, workers, failures and streams of ended tasks."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from procscope.runtime.events import Frame, Raised, State
from tests.support.seed_book import Book

SECOND = 1_000_000


def durations(median_s: float, spread: float, n: int = 4096) -> list[int]:
    """`n` log-normal durations in µs round `median_s`, the same every time."""
    rng = random.Random(f"{median_s}{spread}")
    return [int(median_s * SECOND * rng.lognormvariate(0, spread)) for _ in range(n)]


@dataclass
class Run:
    """A run being seeded; `counts` are by task state, and go into its row at the end."""

    book: Book
    key: str
    name: str
    argv: list[str]
    state: str
    started_us: int
    finished_us: int | None = None
    exit_code: int | None = None
    notes: list[str] = field(default_factory=list)
    id: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * 6)
    workers: int = 0
    dropped: int = 0

    def __post_init__(self) -> None:
        self.id = self.book.new_id("runs")

    def process(self, pid: int, kind: str, name: str, **values: Any) -> int:
        """A process row; returns its id."""
        self.workers += kind == "worker"
        row: dict[str, Any] = {
            "run_id": self.id, "uid": (self.id << 40) + pid, "pid": pid, "start_ticks": pid * 7, "kind": kind,
            "boot_id": "6f1d0c3e-0000-4000-8000-000000000001", "name": name, "daemon": kind == "worker",
            "python": "3.12.1", "start_method": "spawn", "state": "running" if self.finished_us is None else "finished",
            "started_us": self.started_us, "ended_us": self.finished_us, "tasks_done": 0,
        }  # fmt: skip
        return self.book.add("processes", **{**row, **values})

    def finish(self) -> None:
        """Writes the run's own row."""
        pending, running, succeeded, failed, cancelled, lost = self.counts
        self.book.rows["runs"].append(
            {
                "id": self.id, "key": self.key, "name": self.name, "argv": json.dumps(self.argv), "cwd": "/srv/jobs",
                "host": "mill", "user": "ada", "python": "3.12.1", "start_method": "spawn", "state": self.state,
                "exit_code": self.exit_code, "started_us": self.started_us, "finished_us": self.finished_us,
                "pending": pending, "running": running, "succeeded": succeeded, "failed": failed,
                "cancelled": cancelled, "lost": lost, "workers": self.workers, "dropped": self.dropped,
                "notes": json.dumps(self.notes), "rev": self.book.new_id("rev"),
            }
        )  # fmt: skip


@dataclass
class Pool:
    """A pool being seeded; like its run's, its row is written last, with the counts."""

    run: Run
    kind: str
    name: str
    size: int
    owner: int
    id: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * 6)
    members: list[int] = field(default_factory=list)
    state: str = "open"
    reason: str | None = None

    def __post_init__(self) -> None:
        self.id = self.run.book.new_id("pools")

    def add(self, state: State, n: int = 1) -> None:
        """Counts `n` tasks in `state` here and in the run."""
        self.counts[state] += n
        self.run.counts[state] += n

    def finish(self, progress_us: int | None) -> None:
        """Writes the pool's row."""
        pending, running, succeeded, failed, cancelled, lost = self.counts
        live = self.run.finished_us is None
        self.run.book.rows["pools"].append(
            {
                "id": self.id, "run_id": self.run.id, "uid": (self.run.id << 40) + self.id, "process_id": self.owner,
                "kind": self.kind, "name": self.name, "size": self.size, "start_method": "spawn", "max_tasks": 0,
                "initializer": None, "site": f"{self.run.name}:{20 + self.id}",
                "state": self.state if live else "closed", "reason": self.reason, "opened_us": self.run.started_us,
                "closed_us": self.run.finished_us, "pending": pending, "running": running, "succeeded": succeeded,
                "failed": failed, "cancelled": cancelled, "lost": lost, "workers_started": len(self.members),
                "progress_us": progress_us, "rev": self.run.book.new_id("rev"),
            }
        )  # fmt: skip


def failure(
    run: Run, raised: Raised, at_us: int, *, func: int | None, process: int | None, task: int | None = None,
    stage: str = "task",
) -> int:  # fmt: skip
    """A failure row; returns its id."""
    return run.book.add(
        "failures", run_id=run.id, task_id=task, func_id=func, process_id=process, at_us=at_us, stage=stage,
        type=raised.type, message=raised.message, raised=json.dumps(raised), fingerprint=f"{raised.type:.20}-{func}",
    )  # fmt: skip


def _frame(file: str, line: int, func: str, source: str, ours: bool = True) -> Frame:
    return Frame(file, line, func, source, ours)


REFUSED = Raised(
    "urllib.error.URLError",
    "<urlopen error [Errno 111] Connection refused>",
    (
        _frame("/srv/jobs/nightly.py", 58, "fetch", "with urlopen(url, timeout=5) as answer:"),
        _frame(
            "/usr/lib/python3.12/urllib/request.py", 215, "urlopen", "return opener.open(url, data, timeout)", False
        ),
        _frame("/usr/lib/python3.12/urllib/request.py", 1347, "do_open", "raise URLError(err)", False),
    ),
    (
        Raised(
            "ConnectionRefusedError",
            "[Errno 111] Connection refused",
            (_frame("/usr/lib/python3.12/socket.py", 852, "create_connection", "sock.connect(sa)", False),),
            (),
            "cause",
        ),
    ),
)
TRUNCATED = Raised(
    "OSError",
    "image file is truncated (17 bytes not processed)",
    (
        _frame("/srv/jobs/nightly.py", 41, "resize", "picture = decode(raw[:size])"),
        _frame(
            "/srv/jobs/imaging.py",
            112,
            "decode",
            'raise OSError(f"image file is truncated ({left} bytes not processed)")',
        ),
    ),
)
EXIT = Raised(
    "KeyError",
    "'total'",
    (
        _frame("/srv/jobs/report.py", 12, "<module>", "main()"),
        _frame("/srv/jobs/report.py", 9, "main", 'print(rows["total"])'),
    ),
)
