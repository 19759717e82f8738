"""Boards → rows: who made what, who did how much with it, who holds and who waits; in the living and the dead."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from procscope.runtime.collector import boards as collector_boards
from procscope.runtime.collector.fold import primitives, standing
from procscope.runtime.events import Primitive, Wait
from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal.writer import Region
from tests.integration.collected import POOL, Spool, begin, now
from tests.support.shelf import board_of, give, made, take, used

LOCK_A, LOCK_B = 11, 12
HELD = "SELECT p.name, h.what FROM holds h JOIN primitives p ON p.id = h.primitive_id ORDER BY p.name, h.what"


@pytest.fixture
def spool(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    """A collector that looks at boards in every turn, and believes the second look."""
    monkeypatch.setattr(collector_boards, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(collector_boards, "SHARE", 0)
    monkeypatch.setattr(standing, "SEEN_TWICE_NS", 1)
    found = Spool(state_dir)
    yield found
    found.close()


def staying(spool: Spool, uid: int, work: Callable[[Region], object], told: list[int]) -> None:
    """A worker that does `work` and stays until it is killed."""
    read, write = os.pipe()

    def both(region: Region) -> None:
        os.close(spool.lock._descriptor)  # it would keep the collector's lock
        work(region)
        os.write(write, b".")
        signal.pause()

    told.append(spool.fork(uid, both))
    os.read(read, 1)
    os.close(read)
    os.close(write)


@pytest.fixture
def workers() -> Iterator[list[int]]:
    """Pids to be gone in the end."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except OSError:
            pass


def kill(pid: int, workers: list[int]) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    workers.remove(pid)


def test_what_a_child_used_before_its_maker_was_heard_is_one_primitive(spool: Spool, workers: list[int]) -> None:
    """A lock listed twice, once without a name, because a worker's board was read before its parent's."""

    def work(region: Region) -> None:
        row = used(region, LOCK_A)
        take(row)
        give(row)

    begin(spool.region())
    staying(spool, 2, work, workers)
    spool.until("SELECT kind, name, process_id FROM primitives", ("Lock", None, None))
    region = spool.region()
    begin(region)
    made(region, LOCK_A, Primitive.LOCK, "lock_a", "/srv/job.py:5")
    spool.until("SELECT kind, name, site, state FROM primitives", ("Lock", "lock_a", "/srv/job.py:5", "open"))
    spool.turn(2)
    assert spool.ask("SELECT sum(acquired), sum(released), count(*) FROM primitive_uses") == [(1, 1, 2)]
    assert spool.ask("SELECT count(*) FROM primitives") == [(1,)]


def test_counts_are_the_programs_after_any_death_of_the_collector(spool: Spool, workers: list[int]) -> None:
    """Counters added again by the collector that took over: 100 acquisitions shown as 200."""
    main = spool.region()
    begin(main)
    queue = made(main, 21, Primitive.JOINABLE_QUEUE, "jobs", "/srv/job.py:6", size=10)
    queue.words[layout.ITEMS_IN] = 5

    def takes(n: int) -> Callable[[Region], None]:
        def work(region: Region) -> None:
            row = used(region, 21, Primitive.JOINABLE_QUEUE)
            row.words[layout.ITEMS_OUT] = row.words[layout.TASKS_DONE] = n
            row.waited(3_000_000)

        return work

    for uid, n in ((2, 1), (3, 2)):
        staying(spool, uid, takes(n), workers)
    read = "SELECT sum(items_in), sum(items_out), sum(done) FROM primitive_uses"
    spool.until(read, (5, 3, 3))
    kill(workers[0], workers)
    spool.until("SELECT count(*) FROM processes WHERE state = 'killed'", (1,))
    spool.die()
    spool.turn(3)
    assert spool.ask(read) == [(5, 3, 3)]
    spool.until("SELECT depth, unfinished, state FROM primitives", (2, 2, "open"))
    queue.words[layout.ITEMS_IN] = 6
    spool.until("SELECT depth, unfinished FROM primitives", (3, 3))


def test_boards_that_a_dead_collector_left_are_removed_and_not_read_again(spool: Spool, workers: list[int]) -> None:
    """It died between the commit and the unlink: half of a dead process's boards would make half of its sums."""
    begin(spool.region())
    staying(spool, 2, lambda region: take(used(region, LOCK_A)), workers)
    spool.until("SELECT sum(acquired) FROM primitive_uses", (1,))
    (path,) = spool.directory.glob("*.psb")
    copy = path.read_bytes()
    kill(workers[0], workers)
    spool.until("SELECT count(*) FROM processes WHERE state = 'killed'", (1,))
    assert not path.exists()
    path.write_bytes(copy.replace(b"/srv/job.py", b"/bad/bad.py"))
    spool.die()
    spool.turn(3)
    assert not path.exists()
    assert spool.ask("SELECT sum(acquired) FROM primitive_uses") == [(1,)]
    assert [row[0] for row in spool.ask("SELECT site FROM holds")] == ["/srv/job.py:20 in first"]


def test_who_holds_and_who_waits_is_shown_once_seen_twice(spool: Spool, workers: list[int]) -> None:
    """A lock that is taken a thousand times a second is not 'held', and a circle of two glances is no deadlock."""
    main = spool.region()
    begin(main)
    made(main, LOCK_A, Primitive.LOCK, "a", "/srv/job.py:5")
    mine = made(main, LOCK_B, Primitive.LOCK, "b", "/srv/job.py:6")
    take(mine, "/srv/job.py:30 in second")

    def work(region: Region) -> None:
        take(used(region, LOCK_A))
        region.wait_begin(LOCK_B, Wait.ACQUIRE, now(), "/srv/job.py:21 in first")

    staying(spool, 2, work, workers)
    spool.turn()
    assert spool.ask(HELD) == []
    spool.until(f"SELECT count(*) FROM ({HELD}) q", (3,))
    assert spool.ask(HELD) == [("a", "holds"), ("b", "acquire"), ("b", "holds")]
    assert spool.ask("SELECT site FROM holds WHERE what = 'acquire'") == [("/srv/job.py:21 in first",)]
    give(mine)
    spool.until(f"SELECT count(*) FROM ({HELD}) q", (2,))


def test_what_a_killed_holder_held_stays_also_for_the_next_collector(spool: Spool, workers: list[int]) -> None:
    """The lock nobody can release any more is why everything hangs."""
    main = spool.region()
    begin(main)
    made(main, LOCK_A, Primitive.LOCK, "a", "/srv/job.py:5")
    staying(spool, 2, lambda region: take(used(region, LOCK_A)), workers)
    spool.turn()
    kill(workers[0], workers)
    spool.until("SELECT p.state, h.what FROM holds h JOIN processes p ON p.id = h.process_id", ("killed", "holds"))
    spool.die()
    spool.turn(3)
    assert spool.ask(HELD) == [("a", "holds")]


def test_a_release_by_another_process_ends_the_hold_of_a_dead_one(spool: Spool, workers: list[int]) -> None:
    """Lock.release may be called by anybody: an incident that stays after it was resolved is noise."""
    main = spool.region()
    begin(main)
    mine = made(main, LOCK_A, Primitive.LOCK, "a", "/srv/job.py:5")
    staying(spool, 2, lambda region: take(used(region, LOCK_A)), workers)
    kill(workers[0], workers)
    spool.until(f"SELECT count(*) FROM ({HELD}) q", (1,))
    spool.die()
    give(mine, foreign=True)
    spool.until(f"SELECT count(*) FROM ({HELD}) q", (0,))


def test_a_semaphore_used_as_a_signal_is_held_by_nobody(spool: Spool) -> None:
    """A producer releases, a consumer acquires: it never 'holds' what it took."""
    main = spool.region()
    begin(main)
    row = made(main, LOCK_A, Primitive.SEMAPHORE, "items", "/srv/job.py:5")
    take(row)
    give(row, foreign=True)
    row.words[layout.FLAGS] |= layout.FLAG_SIGNAL
    spool.turn(4)
    assert spool.ask(HELD) == []


def test_idle_workers_do_not_wait_for_their_pool(spool: Spool, workers: list[int]) -> None:
    """8 idle workers shown as 8 waiters on a queue that the program never made."""
    main = spool.region()
    begin(main)
    made(main, 31, Primitive.SIMPLE_QUEUE, owner=POOL, role="inqueue")
    made(main, 32, Primitive.LOCK, owner=31, role="rlock")

    def work(region: Region) -> None:
        take(used(region, 32))
        region.wait_begin(31, Wait.GET, now())

    staying(spool, 2, work, workers)
    spool.until("SELECT count(*) FROM holds", (1,))
    assert spool.ask("SELECT what FROM holds") == [("holds",)]


def test_shared_memory_nobody_unlinked_has_leaked(spool: Spool, workers: list[int]) -> None:
    """A block that outlives the program is named, with the place where it was made."""
    begin(spool.region())

    def work(region: Region) -> None:
        made(region, 41, Primitive.SHARED_MEMORY, "psm_1", "/srv/job.py:9", size=4096)
        made(region, 42, Primitive.SHARED_MEMORY, "psm_2", "/srv/job.py:9").words[layout.FLAGS] |= layout.FLAG_UNLINKED
        made(region, 43, Primitive.LOCK, "lock", "/srv/job.py:9")

    staying(spool, 2, work, workers)
    spool.until("SELECT count(*) FROM primitives WHERE state <> 'open'", (1,))
    kill(workers[0], workers)
    states = "SELECT name, state FROM primitives ORDER BY name"
    spool.until("SELECT count(*) FROM primitives WHERE state = 'leaked'", (1,))
    assert spool.ask(states) == [("lock", "gone"), ("psm_1", "leaked"), ("psm_2", "unlinked")]


@pytest.mark.parametrize("damage", ["noise", "short", "huge", "text", "header"])
def test_hostile_boards_cost_nobody_else_anything(spool: Spool, damage: str) -> None:
    """One damaged file must not stop the others from being read."""
    main, other = spool.region(), spool.region(7, 1)
    begin(main)
    take(made(main, LOCK_A, Primitive.LOCK, "a", "/srv/job.py:5"))
    made(other, LOCK_B, Primitive.LOCK, "b", "/srv/job.py:6")
    path = next(spool.directory.glob(f"{other._journal.id.hex()}*.psb"))
    board = bytearray(path.read_bytes())
    if damage == "noise":
        board[layout.ROWS_AT :] = os.urandom(len(board) - layout.ROWS_AT)
    elif damage == "short":
        del board[layout.ROWS_AT + 100 :]
    elif damage == "huge":
        layout.TABLE.pack_into(board, layout.TABLE_AT, 2**64 - 1, 2**64 - 1, 2**64 - 1, 2**64 - 1)
        board[layout.ROWS_AT + 8 : layout.ROWS_AT + 192] = b"\xff" * 184
    elif damage == "text":
        board[layout.ROWS_AT + 24 : layout.ROWS_AT + 32] = b"\xfe" * 8
    else:
        board[16:40] = bytes(24)
    path.write_bytes(board)
    spool.until("SELECT count(*) FROM primitives WHERE name = 'a'", (1,))
    spool.turn(3)
    assert spool.ask("SELECT acquired FROM primitive_uses u JOIN primitives p ON p.id = u.primitive_id"
                     " WHERE p.name = 'a'") == [(1,)]  # fmt: skip


def test_too_many_primitives_are_counted_not_kept(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that makes a lock an item must not fill the collector's memory; nor may they vanish without a word."""
    monkeypatch.setattr(primitives, "MOST", 5)
    main = spool.region()
    begin(main)
    for uid in range(1, 9):
        made(main, uid, Primitive.LOCK)
    spool.until("SELECT reason, n FROM drops", ("primitives", 3))
    assert spool.ask("SELECT count(*) FROM primitives") == [(5,)]


def test_quiet_boards_cost_little(spool: Spool) -> None:
    """1,000 processes with 20 rows each must not eat the collector: what did not change is compared, not decoded."""
    begin(spool.region())
    regions = [spool.region(uid, 1) for uid in range(2, 202)]
    for region in regions:
        for uid in range(1, 21):
            used(region, uid).words[layout.ACQUIRED] = 3
    spool.until("SELECT count(*) FROM primitive_uses", (4_000,), 60)
    spent = []
    for _ in range(3):
        before = time.process_time()
        spool.turn()
        spent.append(time.process_time() - before)
    assert min(spent) < 0.15, spent
    board_of(regions[0]).row(1, Primitive.LOCK).words[layout.ACQUIRED] = 4
    spool.until("SELECT sum(acquired) FROM primitive_uses", (12_001,))
