"""Seeded runs that are over: two finished, one failed, one killed."""

from __future__ import annotations

from procscope.runtime.events import State
from tests.support.seed_book import Book
from tests.support.seed_rows import EXIT, SECOND, TRUNCATED, Pool, Run, durations, failure

MINUTE = 60 * SECOND


def past(book: Book, now_us: int, tasks: int) -> dict[str, str]:
    """Four runs with `tasks` rows among them; returns state → key (`finished` is thumbs.py with 2 failed tasks)."""
    share = max(8, tasks // 4)
    _over(book, now_us - 26 * 60 * MINUTE, 40 * MINUTE, "0c77aa41e9d2", "etl.py", "finished", 0, share, failed=0)
    _over(book, now_us - 5 * 60 * MINUTE, 9 * MINUTE, "9d30f5b8c614", "report.py", "failed", 1, share, failed=1)
    _over(book, now_us - 3 * 60 * MINUTE, 7 * MINUTE, "b81e2f907a35", "train.py", "killed", -9, share, failed=0)
    _over(book, now_us - 20 * MINUTE, 8 * MINUTE, "77e0913ddc5f", "thumbs.py", "finished", 0, share, failed=2)
    return {"finished": "77e0913ddc5f", "failed": "9d30f5b8c614", "killed": "b81e2f907a35"}


def _over(
    book: Book, started: int, length: int, key: str, name: str, state: str, code: int, n: int, *, failed: int
) -> None:
    run = Run(book, key, name, [name], state, started, started + length, code)
    main = run.process(2000 + run.id * 100, "main", "MainProcess", **_ending(state, code))
    pool = Pool(run, "ProcessPoolExecutor", "executor", 4, main)
    pool.members = [
        run.process(
            2001 + run.id * 100 + i, "worker", f"SpawnProcess-{i + 1}", parent_id=main, pool_id=pool.id, exit_code=0
        )
        for i in range(4)
    ]
    _tasks(run, pool, n, length, failed)
    if state == "failed":
        failure(run, EXIT, started + length, func=None, process=main, stage="process")
    pool.finish(started + length)
    run.finish()


def _ending(state: str, code: int) -> dict[str, object]:
    signal = -code if code < 0 else None
    return {"state": state, "exit_code": code, "signal": signal, "reason": "killed by SIGKILL" if signal else None}


def _tasks(run: Run, pool: Pool, n: int, length: int, failed: int) -> None:
    book, func, took = run.book, run.book.func(f"{run.name[:-3]}.work"), durations(0.04, 0.42)
    killed = run.state == "killed"
    for i in range(n):
        ended = run.started_us + (i + 1) * length // n
        duration = took[i % 4096]
        member = pool.members[i % 4]
        state = State.FAILED if i in range(5, 5 + failed) else State.SUCCEEDED
        if killed and i >= n - 4:
            state = State.LOST
        broken = failure(run, TRUNCATED, ended, func=func, process=member, task=book.ids["tasks"] + 1)\
            if state == State.FAILED else None  # fmt: skip
        reason = "its run was killed by SIGKILL" if state == State.LOST else None
        book.task(
            (run.id, pool.id, None, None, i, func, state, member, f"'part-{i:06}.parquet'", ended - duration - 900,
             ended - duration, ended, duration, broken, reason)
        )  # fmt: skip
        pool.add(state)
