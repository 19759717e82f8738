"""One task as a page of text. Pure: rows in, lines out.

load('s3://bucket/23')  LOST  item 23 of 400 · images · worker 4131
submitted 10:02:11.031 ── 0.4 s waiting ──▶ started 10:02:11.442 ── 3.2 s ──▶ lost 10:02:14.650
worker 4131 was killed by SIGKILL
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procscope.cli import durations_page, exception_page, paper, said_page, times
from procscope.cli.paper import Line, Piece
from procscope.cli.tasks_page import progressed, short
from procscope.dashboard.words import duration, iso, size
from procscope.runtime.store import wire

if TYPE_CHECKING:
    from procscope.runtime.store.rows import Process, Task, TaskDetail


def page(detail: TaskDetail, now_us: int) -> list[Line]:
    """The whole page at `now_us`, what matters most first."""
    task = detail.task
    lines: list[Line] = [_head(task), [*_path(task), *_so_far(task, now_us)]]
    if task.reason:
        lines.append([(task.reason, paper.STATE_STYLES.get(task.state, ""))])
    if task.raised:
        lines += [[], *exception_page.page(task.raised)]
    lines += [[], *_facts(detail)]
    if detail.logs:
        lines += [[], *said_page.page(detail.logs)]
    if recent := durations_page.page(detail, seconds_so_far(task, now_us)):
        lines += [[], *recent]
    return lines


def _head(task: Task) -> list[Piece]:
    where = [_item(task), task.pool or task.pool_kind or "", f"worker {task.pid}" if task.pid else ""]
    return [
        (f"{short(task.func)}({task.args or ''})", paper.BOLD),
        (f"  {task.state.upper()}  ", paper.STATE_STYLES.get(task.state, "")),
        (" · ".join(part for part in where if part), paper.DIM),
    ]


def _item(task: Task) -> str:
    if task.index is None:
        return ""
    return f"item {task.index}" + ("" if task.batch_total is None else f" of {task.batch_total:,}")


def _path(task: Task) -> list[Piece]:
    """The states it went through, each with its time, and how long it stayed."""
    steps: list[Piece] = []
    if task.submitted_us is not None:
        steps.append((f"submitted {times.clock(iso(task.submitted_us))}", ""))
    if task.started_us is not None:
        steps += _arrow(steps, task.wait_s, " waiting")
        steps.append((f"started {times.clock(iso(task.started_us))}", ""))
    if task.finished_us is not None:
        steps += _arrow(steps, task.run_s if task.started_us is not None else None, "")
        style = paper.STATE_STYLES.get(task.state, "")
        steps.append((f"{task.state} {times.clock(iso(task.finished_us))}", style))
    if task.transfer_s is not None:
        steps += _arrow(steps, task.transfer_s, " back")
        steps.append((f"arrived {times.clock(iso(task.arrived_us))}", ""))
    return steps or [("nothing is known of its times", paper.DIM)]


def seconds_so_far(task: Task, now_us: int) -> float | None:
    """How long it ran, or runs already."""
    if task.state != "running" or task.started_us is None:
        return task.run_s
    return max(0, now_us - task.started_us) / 1e6


def _so_far(task: Task, now_us: int) -> list[Piece]:
    if task.state != "running":
        return []
    return [(" ── ", paper.DIM), (f"{duration(seconds_so_far(task, now_us))} so far", paper.ACCENT)]


def _arrow(before: list[Piece], seconds: float | None, what: str) -> list[Piece]:
    if not before:
        return []
    return [(" ──▶ " if seconds is None else f" ── {duration(seconds)}{what} ──▶ ", paper.DIM)]


def _facts(detail: TaskDetail) -> list[Line]:
    task = detail.task
    facts = [("run", f"{detail.run.name}  {detail.run.key[:6]}  {detail.run.state}")]
    if task.method:
        facts.append(("called by", f"{task.method} of {task.pool or task.pool_kind or 'a pool'}"))
    if detail.process:
        facts.append(("worker", _worker(detail.process)))
    if task.thread:
        facts.append(("thread", task.thread))
    if task.bytes_in is not None or task.bytes_out is not None:
        facts.append(("pickled", _pickled(task)))
    if task.progress_done is not None:
        facts.append(("progress", progressed(wire.progress_object(task)).removeprefix(", ")))
    return [[(f"{name:<10}", paper.DIM), (words, "")] for name, words in facts]


def _pickled(task: Task) -> str:
    parts = [("arguments", task.bytes_in), ("result", task.bytes_out)]
    return ", ".join(f"{name} {size(count)}" for name, count in parts if count is not None)


def _worker(process: Process) -> str:
    parts = [f"{process.pid} {process.name or process.kind}", process.reason or process.state]
    if process.rss is not None:
        parts.append(size(process.rss) + ("" if process.alive else " at the end"))
    return ", ".join(parts)
