"""multiprocessing.Process, by every start method and Python: what the journal says equals what happened."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from procscope.runtime.events import (
    OurFault,
    ProcessAlive,
    ProcessEnding,
    ProcessExited,
    ProcessNotStarted,
    ProcessSignalled,
    ProcessStarted,
    State,
    TaskFailed,
    TaskRan,
    TaskSubmitted,
)
from tests.support.observed import METHODS, Outcome, observed, same, write
from tests.support.pythons import VERSIONS, interpreter

JOB = """
    import multiprocessing as mp, os, signal, sys, time

    def work(n, *, password="x"):
        print("work", n, flush=True)

    def boom():
        raise KeyError("boom")

    class Named(mp.Process):
        def run(self):
            sys.exit(3)

    def suicide():
        os.kill(os.getpid(), signal.SIGKILL)

    def sleep():
        time.sleep(60)

    def main():
        mp.set_start_method(sys.argv[1])
        for p in (
            mp.Process(target=work, args=(7,), kwargs={"password": "hunter2"}, name="alice", daemon=True),
            mp.Process(target=boom), Named(), mp.Process(target=suicide),
        ):
            p.start(); p.join(); print(p.exitcode)
        p = mp.Process(target=sleep); p.start(); p.terminate(); p.join(); print(p.exitcode)
        try:
            p.start()
        except AssertionError:
            print("not twice")
        sys.exit(5)

    if __name__ == "__main__":
        main()
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS[:4])
def test_every_way_to_end(tmp_path: Path, version: str, method: str) -> None:
    """Exit codes, signals and tracebacks of children, exactly."""
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, JOB)), method)
    assert seen.code == 5
    assert not seen.all(OurFault)
    _check_identity(seen, method)
    _check_ends(seen)


def _check_identity(seen: Outcome, method: str) -> None:
    main = seen.one(ProcessAlive, kind="main")
    first = seen.one(ProcessStarted, name="alice")
    assert (first.kind, first.daemon, first.target, first.args) == ("process", True, "work", "7, password=***")
    assert {event.start_method for event in seen.all(ProcessStarted)} == {method}
    alive = seen.one(ProcessAlive, process=first.process)
    assert (alive.parent, alive.pid, alive.kind, alive.name) == (main.process, first.pid, "process", "alice")
    headers = {told.header.process: told.header for told in seen.told}
    assert headers[first.process].parent == main.process


def _check_ends(seen: Outcome) -> None:
    started = {event.target: event for event in seen.all(ProcessStarted)}
    codes = {event.process: event.exit_code for event in seen.all(ProcessExited)}
    assert {target: codes[event.process] for target, event in started.items()} == {
        "work": 0, "boom": 1, "Named.run": 3, "suicide": -9, "sleep": -15,
    }  # fmt: skip
    submitted = {event.number: event.func for event in seen.all(TaskSubmitted)}
    outcomes = {submitted[event.number]: event.outcome for event in seen.all(TaskRan)}
    assert outcomes == {"work": State.SUCCEEDED, "boom": State.FAILED, "Named.run": State.FAILED}
    failures = {submitted[event.number]: event.raised for event in seen.all(TaskFailed)}
    assert (failures["boom"].type, failures["boom"].message) == ("KeyError", "'boom'")
    assert failures["boom"].frames[-1].func == "boom"
    assert not any("procscope" in frame.file for frame in failures["boom"].frames)
    assert seen.one(ProcessEnding, process=started["Named.run"].process).exit_code == 3
    assert seen.one(ProcessSignalled).signal == 15
    # The black box of the one that killed itself.
    slots = {told.header.process: told.slot for told in seen.told if told.slot}
    slot = slots[started["suicide"].process]
    assert slot is not None
    assert (slot.pool, slot.number) == (0, started["suicide"].process)


@pytest.mark.parametrize("method", METHODS)
def test_stderr_is_the_same_too(tmp_path: Path, method: str) -> None:
    """A child's traceback showed frames of ours."""
    job = """
        import multiprocessing as mp, sys
        def boom(): raise KeyError("boom")
        if __name__ == "__main__":
            mp.set_start_method(sys.argv[1])
            p = mp.Process(target=boom); p.start(); p.join()
            raise SystemExit(p.exitcode)
    """
    from tests.support.observed import bare

    for version in VERSIONS[:4]:
        python = interpreter(version).path
        script = str(write(tmp_path, job))
        assert observed(tmp_path, python, [script, method]).err == bare(python, [script, method]).err


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_process_that_cannot_start(tmp_path: Path, method: str) -> None:
    """A target that cannot be pickled: there is no child, and the task has failed."""
    job = """
        import multiprocessing as mp, sys
        if __name__ == "__main__":
            mp.set_start_method(sys.argv[1])
            try:
                mp.Process(target=lambda: 1).start()
            except Exception as error:
                print(type(error).__name__)
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)), method)
    failed = seen.one(ProcessNotStarted)
    assert failed.raised.type in ("AttributeError", "_pickle.PicklingError", "pickle.PicklingError")
    assert failed.process == seen.one(TaskSubmitted).number
    assert not seen.all(ProcessStarted)


def test_raw_fork_is_no_task(tmp_path: Path) -> None:
    """A child of os.fork wrote into its parent's journal, or was taken for a task."""
    job = """
        import multiprocessing as mp, os
        def f(): print("child", flush=True)
        if __name__ == "__main__":
            p = mp.get_context("fork").Process(target=f); p.start(); p.join()
            pid = os.fork()
            if not pid:
                p = mp.get_context("fork").Process(target=f); p.start(); p.join()
                os._exit(0)
            os.waitpid(pid, 0)
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    forked = seen.one(ProcessAlive, kind="subprocess")
    assert forked.parent == seen.one(ProcessAlive, kind="main").process
    assert len(seen.all(TaskRan)) == 2
    pids = [told.header.pid for told in seen.told if told.header.process == forked.process]
    assert set(pids) == {forked.pid}


def test_a_manager_is_a_manager(tmp_path: Path) -> None:
    """Its authentication key was captured as an argument."""
    job = """
        import multiprocessing as mp
        if __name__ == "__main__":
            with mp.Manager() as manager:
                shared = manager.dict(); shared["a"] = 1
                print(shared["a"])
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    started = seen.one(ProcessStarted)
    assert (started.kind, started.args) == ("manager", "")
    assert not seen.all(TaskSubmitted)


def test_an_uncaught_exception_of_the_program_itself(tmp_path: Path) -> None:
    """The run failed and nobody could say why."""
    seen = same(tmp_path, sys.executable, str(write(tmp_path, "1 / 0\n")))
    ending = seen.one(ProcessEnding)
    assert ending.raised is not None
    assert ending.raised.type == "ZeroDivisionError"


def test_disabled(tmp_path: Path) -> None:
    """PROCSCOPE_DISABLE=1 turns everything off."""
    seen = observed(tmp_path, sys.executable, [str(write(tmp_path, JOB)), "fork"], PROCSCOPE_DISABLE="1")
    assert seen.code == 5
    assert not seen.told
