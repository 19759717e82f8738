"""The small parts: what the system's files say, the manifest, rollups, the lock's words."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from procscope.runtime import sketch
from procscope.runtime.collector import host, manifest
from procscope.runtime.collector.aging import rolled_up
from procscope.runtime.collector.fold.changes import Changes
from procscope.runtime.collector.fold.rollups import Rollups
from procscope.runtime.collector.fold.state import Run
from procscope.runtime.collector.lock import Lock, held
from procscope.runtime.collector.sampler import parse_stat
from procscope.runtime.errors import SpoolError
from procscope.runtime.events import State


def test_a_process_name_with_brackets_and_spaces_does_not_shift_the_fields() -> None:
    """A program may call itself anything: `prctl` names have broken parsers that split at the first bracket."""
    numbers = " ".join(str(n) for n in range(4, 53))
    found = parse_stat(f"4131 (a) b) (c)) S {numbers}\n".encode())
    hertz = os.sysconf("SC_CLK_TCK")
    assert found.state == "S"
    assert found.cpu_s == (14 + 15) / hertz
    assert found.threads == 20
    assert found.rss == 24 * os.sysconf("SC_PAGE_SIZE")


def test_a_line_cut_short_is_an_error_and_not_a_number() -> None:
    with pytest.raises((ValueError, IndexError)):
        parse_stat(b"4131 (x) S 1 2 3")


def test_cgroup_limits_are_read_and_max_is_no_limit(tmp_path: Path) -> None:
    group = tmp_path / "a.scope"
    group.mkdir()
    line = tmp_path / "cgroup"
    line.write_text("0::/a.scope\n")
    assert host.cgroup(str(line), str(tmp_path)) == str(group)
    (group / "memory.max").write_text("1073741824\n")
    (group / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    assert host.memory_limit(str(group)) == 1 << 30
    assert host.oom_kills(str(group)) == 2
    (group / "memory.max").write_text("max\n")
    assert host.memory_limit(str(group)) is None


@pytest.mark.parametrize(
    "told",
    [
        {"name": 7, "argv": {"a": 1}, "pid": "x", "notes": "n", "began_ns": -5},
        {"pid": 2**80, "start_ticks": 1.5, "boot_id": []},
        {},
    ],
)
def test_a_manifest_of_wrong_types_is_as_good_as_none(told: dict[str, object]) -> None:
    run = Run(1, "ab", host="here")
    manifest.apply(run, told)
    assert (run.name, run.argv, run.host, run.main_pid, run.main_ticks, run.notes) == ("ab", "[]", "here", 0, 0, None)


def test_a_manifest_is_taken_over(tmp_path: Path) -> None:
    told = {"name": "night", "argv": ["night.py", "--all"], "pid": 12, "start_ticks": 5, "boot_id": "ab-cd",
            "began_ns": 7_000_000, "notes": ["no hooks"], "host": "mill"}  # fmt: skip
    (tmp_path / "run.json").write_text(json.dumps(told))
    run = Run(1, "ab")
    manifest.apply(run, manifest.read(str(tmp_path)) or {})
    assert (run.name, run.argv, run.started_us) == ("night", '["night.py", "--all"]', 7000)
    assert (run.main_pid, run.main_ticks, run.boot_id, run.host) == (12, 5, "abcd", "mill")


def test_rollups_add_what_the_hot_path_gathered_once() -> None:
    rollups = Rollups()
    key = (10, 1, 2, 3, int(State.SUCCEEDED))
    durations, waits = rollups.group(key)
    durations += [1_000_000, 2_000_000]
    waits += [5, 6]
    rollups.add(key, 1, 4000, 1)
    rollups.spread(key, ((sketch.bucket(1_000_000), 3),))
    for _ in range(2):
        assert list(rollups.counts()) == [(*key, 3, 7000, 12, 0, 0, 0, 0)]
        spread = {row[4]: row[5] for row in rollups.durations()}
        assert spread == {sketch.bucket(1_000_000): 4, sketch.bucket(2_000_000): 1}


def test_failed_durations_are_not_in_the_sketch() -> None:
    rollups = Rollups()
    durations, waits = rollups.group((10, 1, 2, 3, int(State.FAILED)))
    durations.append(5)
    waits.append(0)
    assert list(rollups.durations()) == []


def test_samples_are_rolled_up_at_whole_steps_only() -> None:
    (insert, values), (delete, deleted) = rolled_up("samples", 7, 1, 10, 1_234_567)
    assert values == deleted == (7, 1_234_560)
    assert "avg(cpu)" in insert
    assert delete.startswith("DELETE FROM samples")


def test_an_empty_transaction_is_known_as_such() -> None:
    changes = Changes()
    assert changes.empty
    changes.rollups.add((1, 1, 1, 1, 2), 1)
    assert not changes.empty


def test_the_lock_says_who_holds_it_and_a_second_is_refused(tmp_path: Path) -> None:
    spool = str(tmp_path / "spool")
    assert not held(spool)
    first = Lock(spool)
    first.tell(5, 9, "the disk is full")
    assert held(spool)
    told = json.loads((tmp_path / "spool" / "collector.lock").read_text())
    assert told == {"pid": os.getpid(), "started": 5, "caught_up": 9, "error": "the disk is full"}
    first.tell(5, 10)
    assert "error" not in json.loads((tmp_path / "spool" / "collector.lock").read_text())
    with pytest.raises(SpoolError, match="already"):
        Lock(spool)
    first.close()
    assert not held(spool)
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
