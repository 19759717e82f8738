"""Damaged, strange and hostile files: the collector goes on, keeps what is around them and counts the loss."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from procscope.runtime import events
from procscope.runtime.events import State
from procscope.runtime.journal import layout
from tests.integration.collected import POOL, Spool, begin, now
from tests.integration.test_collector_tail import submit
from tests.support.waiting import wait_until


@pytest.fixture
def spool(state_dir: Path) -> Iterator[Spool]:
    made = Spool(state_dir)
    yield made
    made.close()


def journal_of(spool: Spool, uid: int = 1) -> Path:
    """The newest segment of the region made last."""
    return max(spool.directory.glob("*.psj"), key=lambda path: path.stat().st_ctime_ns)


def test_a_flipped_bit_costs_the_records_it_hits(spool: Spool) -> None:
    main = spool.region()
    begin(main)
    submit(main, *range(20))
    path = journal_of(spool)
    content = path.read_bytes()
    at = content.index(b"(7,)")
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(b"(8,)")
    spool.turn(3)
    submit(main, 20)
    spool.turn(3)
    found = [row[0] for row in spool.ask("SELECT number FROM tasks ORDER BY number")]
    assert found == [number for number in range(21) if number != 7]
    assert spool.ask("SELECT reason, n FROM drops") == [("damaged", 1)]
    assert spool.ask("SELECT dropped FROM runs") == [(1,)]


@pytest.mark.parametrize("seed", range(8))
def test_random_bytes_anywhere_never_stop_it(spool: Spool, seed: int) -> None:
    chance = random.Random(seed)
    victim = spool.region(2, 1, POOL)
    for number in range(60):
        victim.task_ran(POOL, number, now(), now(), State.SUCCEEDED)
        victim.rich(events.OurFault(now(), "here", "text" * 5))
    path = journal_of(spool)
    with open(path, "r+b") as file:
        for _ in range(30):
            file.seek(chance.randrange(layout.SLOT_AT if seed % 2 else layout.PAGE, path.stat().st_size))
            file.write(chance.randbytes(chance.randrange(1, 40)))
    main = spool.region()
    begin(main)
    submit(main, *range(1000, 1010))
    spool.turn(6)
    assert spool.ask("SELECT count(*) FROM tasks WHERE number BETWEEN 1000 AND 1009") == [(10,)]


def test_strange_files_are_left_alone(spool: Spool, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not ours")
    name = layout.segment_name("ab" * 16, 0, 0)
    (spool.directory / name).symlink_to(secret)
    os.mkfifo(spool.directory / layout.segment_name("cd" * 16, 0, 0))
    (spool.directory / layout.segment_name("ef" * 16, 0, 0)).mkdir()
    (spool.directory / "notes.txt").write_text("hello")
    (spool.directory / layout.segment_name("01" * 16, 0, 0)).write_bytes(b"")
    (spool.directory / layout.segment_name("23" * 16, 0, 0)).write_bytes(os.urandom(9000))
    main = spool.region()
    begin(main)
    submit(main, 1)
    spool.until("SELECT count(*) FROM tasks", (1,))
    spool.until("SELECT dropped >= 4 FROM runs", (1,))
    assert secret.read_bytes() == b"not ours"


def test_a_later_version_is_kept_and_counted(spool: Spool) -> None:
    main = spool.region()
    begin(main)
    path = journal_of(spool)
    page = bytearray(path.read_bytes())
    page[: layout.FIELDS_AT] = layout.PREAMBLE.pack(
        layout.MAGIC, layout.VERSION + 1, crc32(page[layout.FIELDS_AT : layout.FIELDS_END])
    )  # fmt: skip
    path.write_bytes(page)
    spool.until("SELECT n FROM drops WHERE reason = 'damaged'", (1,))
    wait_until(lambda: list(spool.directory.glob("*.later")), what="the file is set aside")


def test_huge_lengths_are_no_reason_to_allocate(spool: Spool) -> None:
    main = spool.region()
    begin(main)
    submit(main, 1)
    path = journal_of(spool)
    record = layout.HEAD.pack(layout.MARK | 0xFFFFF8, 0, 16, 0xFFFFFF00)
    with open(path, "r+b") as file:
        content = file.read()
        at = content.rindex(b"(1,)") + 8 & -8
        file.seek(at)
        file.write(record)
    spool.turn(5)
    assert spool.ask("SELECT count(*) FROM tasks") == [(1,)]


def test_rows_the_database_refuses_do_not_hold_up_the_others(spool: Spool) -> None:
    """Text with a lone surrogate and numbers beyond 64 bits cannot be bound: they are cleaned, all else is written."""
    main = spool.region()
    begin(main)
    main.rich(events.PoolOpened(now(), 501, "Po\ud800ol", 2, "", "fork", 0, "", ""))
    submit(main, 1)
    worker = spool.region(2, 1, POOL)
    edge = 2**63 - 1
    worker.chunk_ran(events.ChunkRan(POOL, 9, edge, edge, 1, 0, 0, -edge, edge, edge, True, (), ()))
    worker.task_ran(POOL, 1, -edge, edge, State.SUCCEEDED)
    spool.turn(5)
    submit(main, 2)
    spool.turn(2)
    assert spool.ask("SELECT count(*) FROM tasks WHERE number IN (1, 2)") == [(2,)]


def test_a_directory_of_someone_elses_name_is_no_run(spool: Spool, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (Path(spool.settings.spool) / "0123456789ab").symlink_to(outside)
    (Path(spool.settings.spool) / "not a run").mkdir()
    (Path(spool.settings.spool) / "deadbeef0000").write_text("a file")
    spool.turn(2)
    assert spool.ask('SELECT "key" FROM runs') == [("abcdefabcdef",)]
    assert list(outside.iterdir()) == []


def test_a_manifest_that_makes_no_sense_is_done_without(state_dir: Path) -> None:
    spool = Spool(state_dir)
    (spool.directory / "run.json").write_text('{"name": 7, "argv": "x", "pid": -1, "began_ns": 1e99, "notes": {}}')
    main = spool.region()
    begin(main)
    submit(main, 1)
    spool.turn(2)
    assert spool.ask("SELECT name FROM runs") == [("abcdefabcdef",)]
    assert spool.ask("SELECT count(*) FROM tasks") == [(1,)]
    spool.close()


def test_a_forged_slot_is_only_looked_at(spool: Spool) -> None:
    main = spool.region()
    begin(main)
    submit(main, 1)
    path = journal_of(spool)
    with open(path, "r+b") as file:
        file.seek(layout.SLOT_AT)
        file.write(struct.pack("<Q", 1) + os.urandom(layout.SLOT_END - layout.SLOT_AT - 8))
    spool.turn(3)
    assert spool.ask("SELECT count(*) FROM tasks") == [(1,)]
