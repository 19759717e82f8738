"""pytest --procscope: what tests leave behind, and what they hang on."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.runs import environment
from tests.support.observed import write

WITH_XDIST = pytest.mark.skipif(importlib.util.find_spec("xdist") is None, reason="pytest-xdist is not installed")

HEAD = """
    import multiprocessing, os, signal, sys, time
    from concurrent.futures import ProcessPoolExecutor
    import pytest

    context = multiprocessing.get_context("fork")

    def die(x):
        os.kill(os.getpid(), signal.SIGKILL)

    def same(x):
        return x
"""


def ran(folder: Path, tests: str, *options: str, code: int = 0) -> str:
    """What pytest prints about these tests."""
    path = write(folder, HEAD, "test_it.py")
    path.write_text(path.read_text() + write(folder, tests, "rest.py").read_text())
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path), *options]
    if importlib.util.find_spec("xdist") is None or "-n" not in options:
        argv += ["-p", "no:xdist"]
    if not _registered():
        argv[3:3] = ["-p", "procscope.pytest_plugin"]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment(), timeout=110, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def _registered() -> bool:
    """Whether the environment's metadata names the plugin: an older install may not."""
    from importlib.metadata import entry_points

    return any(each.value == "procscope.pytest_plugin" for each in entry_points(group="pytest11"))


def of(out: str, test: str) -> str:
    """The lines under a test in our section."""
    section = out.partition("= procscope =")[2]
    found = re.search(rf"^\S*::{test}\n((?:  .*\n)+)", section, re.MULTILINE)
    return found.group(1) if found else ""


def test_without_the_flag_nothing_of_ours_is_loaded(tmp_path: Path) -> None:
    """An entry point is loaded in every pytest run of every project in the environment."""
    tests = """
        def test_modules():
            ours = {name for name in sys.modules if name.partition(".")[0] == "procscope"}
            assert ours <= {"procscope", "procscope.pytest_plugin"}, ours
            assert "sqlalchemy" not in sys.modules and "psutil" not in sys.modules
    """
    assert "procscope" not in ran(tmp_path, tests)


def test_what_each_test_leaves_and_loses_is_named(tmp_path: Path) -> None:
    """A leaked worker or a lost task is found much later, in another test, if at all."""
    tests = """
        def test_well():
            with context.Pool(2) as pool:
                assert pool.map(same, range(4)) == [0, 1, 2, 3]

        def test_nothing():
            pass

        def test_leaves():
            global left
            left = context.Process(target=time.sleep, args=(60,), name="lingerer", daemon=True)
            left.start()

        def test_loses():
            with ProcessPoolExecutor(1, mp_context=context) as executor:
                with pytest.raises(Exception):
                    executor.submit(die, 3).result()
    """
    out = ran(tmp_path, tests, "--procscope")
    assert re.search(r"1 worker left alive: \d+ \(lingerer\)", of(out, "test_leaves"))
    assert re.search(r"1 task lost: die\(3\): worker \d+ was killed by SIGKILL", of(out, "test_loses"))
    assert not of(out, "test_well")
    assert not of(out, "test_nothing")
    assert out.count("left alive: ") == 1


def test_a_pool_of_a_wider_fixture_is_no_tests_leftover(tmp_path: Path) -> None:
    """The first test that uses a session's pool was blamed for every worker of it."""
    tests = """
        @pytest.fixture(scope="module")
        def pool():
            with context.Pool(1, maxtasksperchild=1) as pool:
                yield pool

        @pytest.mark.parametrize("n", range(3))
        def test_uses(pool, n):
            assert pool.apply(same, (n,)) == n
    """
    assert "left alive: " not in ran(tmp_path, tests, "--procscope")


DEADLOCK = """
    def both(one, other, ready):
        with one:
            ready.wait()
            with other:
                pass

    def test_deadlock():
        a, b, ready = context.Lock(), context.Lock(), context.Barrier(2)
        children = [context.Process(target=both, args=args) for args in ((a, b, ready), (b, a, ready))]
        for child in children:
            child.start()
        for child in children:
            child.join()

    def test_hang():
        with context.Pool(1) as pool:
            pool.apply(time.sleep, (100,))

    def test_after():
        assert not multiprocessing.active_children()
"""


def test_a_test_that_hangs_fails_with_the_reason(tmp_path: Path) -> None:
    """A hung test says nothing at all until CI kills the job, an hour later."""
    out = ran(tmp_path, DEADLOCK, "--procscope-timeout=4", code=1)
    assert "2 failed, 1 passed" in out
    assert "no deadlock" not in out
    assert "at None" not in out
    assert not re.search(r'File ".*/procscope/', out)
    assert "it ran out of time" in of(out, "test_deadlock")
    first, _, second = out.partition("test_hang did not end within 4 s")
    assert "test_deadlock did not end within 4 s" in first
    assert re.search(r"deadlock: |waiting: \d+ for .* for Lock.*held by \d+", first)
    assert "in both" in first
    assert "running: sleep()" in second
    assert "for child in children" not in second
    assert "left alive: " not in out


def test_a_test_that_swallows_the_timeout_has_failed(tmp_path: Path) -> None:
    """It passed, and the section spoke of a failure that was not there."""
    tests = """
        def test_swallow():
            try:
                time.sleep(60)
            except BaseException:
                pass
    """
    out = ran(tmp_path, tests, "--procscope-timeout=1", code=1)
    assert "1 failed" in out
    assert "test_swallow did not end within 1 s" in out


def test_only_its_own_workers_are_ended(tmp_path: Path) -> None:
    """A session's pool must outlive a test that ran out of time, or every later one fails with it."""
    tests = """
        @pytest.fixture(scope="module")
        def pool():
            with context.Pool(1) as pool:
                yield pool

        def test_hang(pool):
            pool.apply(same, (1,))
            child = context.Process(target=time.sleep, args=(100,))
            child.start()
            child.join()

        def test_after(pool):
            assert pool.apply_async(same, (2,)).get(20) == 2
    """
    out = ran(tmp_path, tests, "--procscope-timeout=3", code=1)
    assert "1 failed, 1 passed" in out


def test_a_program_that_uses_the_signal_itself_keeps_it(tmp_path: Path) -> None:
    """Two owners of SIGALRM: the test's own alarm would never ring."""
    tests = """
        @pytest.fixture(scope="session", autouse=True)
        def rings():
            signal.signal(signal.SIGALRM, lambda *_: rung.append(1))

        rung = []

        def test_first():
            pass

        def test_own_alarm():
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            while not rung:
                time.sleep(0.01)
    """
    assert "2 passed" in ran(tmp_path, tests, "--procscope-timeout=60")


@WITH_XDIST
def test_under_xdist_each_process_tells_of_its_own_tests(tmp_path: Path) -> None:
    """What one process's test lost was told of a test that ran in another one at that time."""
    tests = """
        @pytest.mark.parametrize("n", range(4))
        def test_loses(n):
            with ProcessPoolExecutor(1, mp_context=context) as executor:
                with pytest.raises(Exception):
                    executor.submit(die, n).result()
    """
    out = ran(tmp_path, tests, "--procscope", "-n", "2")
    for n in range(4):
        assert re.findall(r"lost: die\((\d)\)", of(out, rf"test_loses\[{n}\]")) == [str(n)]


@WITH_XDIST
def test_under_xdist_a_timeout_names_its_own_processs_failures(tmp_path: Path) -> None:
    """Exceptions of a test that ran in another process stood there as what this one hung on."""
    tests = """
        def bad(x):
            raise ValueError(f"of {x}")

        @pytest.mark.parametrize("other", ["left", "right"])
        def test_hang(other):
            with context.Pool(1) as pool:
                for _ in range(3):
                    with pytest.raises(ValueError):
                        pool.apply(bad, (other,))
            child = context.Process(target=time.sleep, args=(100,))
            child.start()
            child.join()
    """
    out = ran(tmp_path, tests, "--procscope-timeout=4", "-n", "2", code=1)
    told = re.findall(r"test_hang\[(\w+)\] did not end.*\n(?:  .*\n)*?  bad\(\) failed (\d+) times.*: of (\w+)", out)
    assert set(told) == {("left", "3", "left"), ("right", "3", "right")}  # CI's summary has each text once more


@WITH_XDIST
def test_a_process_of_xdist_that_crashed_is_not_well(tmp_path: Path) -> None:
    """Its test's child lived on, and the section said that none did."""
    tests = """
        def linger():
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (1, 2):  # whoever reads what pytest prints waits for the last that could write there
                os.dup2(nowhere, stream)
            time.sleep(100)

        def test_crash():
            multiprocessing.get_context("spawn").Process(target=linger, name="orphan").start()
            os._exit(3)
    """
    out = ran(tmp_path, tests, "--procscope", "-n", "1", code=1)
    (pid,) = re.findall(r"after the last test: 1 worker left alive: (\d+) \(orphan\)", out)
    os.kill(int(pid), signal.SIGKILL)
    assert "the process it ran in has ended" in of(out, "test_crash")
    assert "no worker left alive" not in out


@pytest.mark.parametrize("how", ["run", "-n"])
def test_warnings_as_errors(tmp_path: Path, how: str) -> None:
    """pytest warned that procscope was imported before pytest was: where warnings are errors, it died of that."""
    if how == "-n" and importlib.util.find_spec("xdist") is None:
        pytest.skip("pytest-xdist is not installed")
    path = write(tmp_path, "def test_it(): assert 1", "test_it.py")
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(path)]
    words += ["-n", "1"] if how == "-n" else ["-p", "no:xdist"]
    argv = [sys.executable, "-m", "procscope", "run", "--quiet", *words]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment(), timeout=110, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "arning" not in done.stdout


def test_switched_off_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A section that says that all is well, with nothing observed, would be a lie."""
    monkeypatch.setenv("PROCSCOPE_DISABLE", "1")
    assert "nothing was observed" in ran(tmp_path, "def test_it(): pass", "--procscope")
    assert "PROCSCOPE_DISABLE" in os.environ
