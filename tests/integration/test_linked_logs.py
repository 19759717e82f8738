"""Log records, last words and progress of tasks, by every start method and Python, from the journals."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from procscope.runtime.events import ChunkRan, Drop, Logged, OurFault, PoolOpened, TaskSubmitted
from procscope.runtime.journal import black_box
from procscope.runtime.journal.reader import Segment, scan
from tests.support.observed import RUN, bare, observed, same, write
from tests.support.pythons import STARTS, interpreter

JOB = """
    import logging, multiprocessing as mp, sys
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    log = logging.getLogger("app.work")

    def work(x):
        log.info("not told")
        if x == 2: log.warning("low on %s: %d left, password=%s", "disk", 3, "hunter2")
        if x == 3:
            try: 1 / 0
            except ZeroDivisionError: log.exception("no %r", {"a": [1]})
        return x

    def chosen(x):
        logging.getLogger("quiet").error("filtered out")
        return work(x)

    class Never(logging.Filter):
        def filter(self, record): return False

    logging.getLogger("quiet").addFilter(Never())

    def alone(): log.critical("by itself")

    if __name__ == "__main__":
        context = mp.get_context(sys.argv[1])
        logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message).40s")
        log.warning("from the main program")
        with context.Pool(1) as pool:
            print(pool.apply(chosen, (2,)), pool.map(work, range(5), chunksize=5))
            pool.close(); pool.join()
        with ProcessPoolExecutor(1, mp_context=context) as executor:
            print(executor.submit(work, 2).result())
        with ThreadPoolExecutor(1) as executor:
            print(executor.submit(work, 2).result())
        process = context.Process(target=alone); process.start(); process.join()
        print([type(handler).__name__ for handler in logging.root.handlers], logging.lastResort.level)
"""


@pytest.mark.parametrize(("version", "method"), STARTS)
def test_records_are_attached_to_the_task_they_came_from(tmp_path: Path, version: str, method: str) -> None:
    """A warning in a worker's output names neither task nor item: which of a thousand said it?"""
    seen = observed(tmp_path, interpreter(version).path, [str(write(tmp_path, JOB)), method])
    assert not seen.all(OurFault)
    assert not any("filtered out" in event.message for event in seen.all(Logged))
    pools = [event.pool for event in seen.all(PoolOpened)]
    by_pool = {pool: [event for event in seen.all(Logged) if event.pool == pool] for pool in [*pools, 0]}
    single, low, divided = by_pool[pools[0]]
    assert (single.chunk, single.offset, low.chunk, low.offset, divided.offset) == (-1, -1, 0, 2, 3)
    assert low.message == "low on disk: 3 left, password=***"
    assert (low.level, low.logger) == (30, "app.work")
    assert low.site.endswith(" in work")
    assert divided.message == "no {'a': [1]}\nZeroDivisionError: division by zero"
    for pool in pools[1:]:
        assert [event.number for event in by_pool[pool]] == [seen.one(TaskSubmitted, pool=pool).number]
    assert {event.message: event.number != 0 for event in by_pool[0]} == {
        "from the main program": False, "by itself": True,
    }  # fmt: skip


def test_the_program_logs_as_it_would_without_us(tmp_path: Path) -> None:
    """Same output on both streams, no handler of ours, and nothing of ours in the stack that logging prints."""
    job = """
        import logging, multiprocessing as mp, sys, traceback
        class Broken(logging.Handler):
            def emit(self, record):
                try: raise OSError("full")
                except OSError: self.handleError(record)
        class Loud:
            def __str__(self):
                print("asked", file=sys.stderr)
                return "loud"
        def f(x):
            logging.getLogger("x").warning("to the last resort %s", Loud())
            logging.getLogger("y").propagate = False
            logging.getLogger("y").addHandler(Broken())
            logging.getLogger("y").error("broken")
            return x
        if __name__ == "__main__":
            with mp.get_context("fork").Pool(1) as pool: pool.apply(f, (1,))
            f(1)
            print(logging.root.handlers, logging.Logger.filter.__qualname__)
    """
    script = str(write(tmp_path, job))
    plain, seen = bare(sys.executable, [script]), observed(tmp_path, sys.executable, [script])
    assert (seen.out, seen.code) == (plain.out, plain.code)
    assert seen.err.count("asked") == plain.err.count("asked") == 2
    assert "hooks/logs.py" not in seen.err
    assert seen.err.count("--- Logging error ---") == plain.err.count("--- Logging error ---") == 2
    assert len(seen.all(Logged)) == 4


def test_hostile_records(tmp_path: Path) -> None:
    """Whatever is logged, the program goes on as without us, and what can be shown of it is."""
    job = r"""
        import logging, sys
        log = logging.getLogger("\ud800x")
        log.addHandler(logging.NullHandler())
        log.propagate = False
        class Bad:
            def __str__(self): raise RuntimeError("no")
            __repr__ = __str__
            __len__ = __hash__ = __class__ = property(lambda self: 1 / 0)
        deep = []
        for _ in range(2000): deep = [deep]
        def work(x):
            log.warning("%s and %r", Bad(), Bad())
            log.warning(Bad())
            log.warning("%d", "not a number")
            log.warning("%(missing)s", {"here": 1})
            log.warning("%(password)s %(x)s", {"password": "hunter2", "x": 2})
            log.warning("%099999999d", 1)
            log.warning("%*d", 99999999, 1)
            log.warning("big %s", "y" * 10_000_000)
            log.warning("low \ud800 %s", "\udfff")
            log.warning("%s", 2 ** 100_000)
            log.warning(deep)
            log.warning("%s", deep)
            log.error("x", exc_info=Bad)
            log.handle(logging.LogRecord("n", 30, None, None, "odd", None, None))
            return x
        work(1)
        print("done")
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    assert seen.out == "done\n"
    assert not seen.all(OurFault)
    said = [event.message for event in seen.all(Logged)]
    assert len(said) == 14
    assert said[0] == "<Bad> and <Bad>"
    assert said[4] == "*** 2"
    assert said[8] == "low \ud800 \udfff"
    assert max(len(text.encode("utf-8", "surrogatepass")) for text in said) <= 2048


def test_a_flood_is_bounded_and_counted(tmp_path: Path) -> None:
    """A worker that warns in a loop would have filled the spool."""
    job = """
        import logging, multiprocessing as mp
        log = logging.getLogger("x")
        log.addHandler(logging.NullHandler())
        def f(x):
            for n in range(500): log.warning("again")
        if __name__ == "__main__":
            with mp.get_context("fork").Pool(1) as pool: pool.map(f, range(3), chunksize=1)
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    assert Counter(event.chunk for event in seen.all(Logged)) == {0: 20, 1: 20, 2: 20}
    assert sum(told.drops[Drop.LOG_LIMIT] for told in seen.told if told.header.seq == 0) == 3 * 480


def test_one_setting_turns_it_off(tmp_path: Path) -> None:
    seen = observed(tmp_path, sys.executable, [str(write(tmp_path, JOB)), "fork"], PROCSCOPE_LOGS="0")
    assert not seen.all(Logged)
    assert seen.all(ChunkRan)


WORDS = """
    import multiprocessing as mp, os, signal, sys
    import procscope
    def dies(x):
        print("loading", x, "token=abcdefgh", file=sys.stderr)
        sys.stderr.write("half a line")
        print(procscope.progress(3, 8, "loading"), procscope.progress("x"), procscope.progress(None))
        sys.stdout.flush()
        assert sys.stderr is sys.__stderr__
        os.kill(os.getpid(), signal.SIGKILL)
    if __name__ == "__main__":
        procscope.progress(1, 2)
        process = mp.get_context(sys.argv[1]).Process(target=dies, args=(7,))
        process.start(); process.join()
        print(process.exitcode)
"""


@pytest.mark.parametrize(("version", "method"), STARTS)
def test_last_words_and_progress_outlive_their_process(tmp_path: Path, version: str, method: str) -> None:
    """The last line before a SIGKILL is often the only one that tells why."""
    root = str(Path(__file__).parents[2])
    words = [str(write(tmp_path, WORDS)), method]
    seen = observed(tmp_path, interpreter(version).path, words, PYTHONPATH=root)
    assert (seen.out, seen.code) == ("None None None\n-9\n", 0), seen.err
    assert seen.err == "loading 7 token=abcdefgh\nhalf a line"
    pages = [Segment.open(path).page() for path in scan(str(tmp_path / "spool" / RUN)) if path.endswith("000000.psj")]
    assert [text for page in pages if (text := black_box.last_words(page))] == ["loading 7 token=***\nhalf a line"]
    (progress,) = [found for page in pages if (found := black_box.progress(page))]
    assert (progress.pool, progress.done, progress.total, progress.text) == (0, 3, 8, "loading")


def test_a_stream_of_the_program_s_own_is_left_alone(tmp_path: Path) -> None:
    """A tee, a StringIO or a closed stream in the place of stderr stays as it is, and so does what it gets."""
    job = """
        import gc, io, multiprocessing as mp, sys, weakref
        def f():
            print(sys.stderr.write("a\\n"), type(sys.stderr).__name__, flush=True)
            sys.stderr.writelines(["b\\n", "c\\n"])
            sys.stderr = io.StringIO()
            sys.stderr.write("x")
            print(sys.stderr.getvalue(), "write" in vars(sys.stderr))
            sys.stderr = sys.__stderr__
            try: sys.stderr.write(3)
            except TypeError as error: print(error.__traceback__.tb_next)
            sys.stdout.flush()
        def g(): print("nobody", file=sys.stderr)
        if __name__ == "__main__":
            for target in (f, g):
                if target is g: sys.stderr = None
                p = mp.get_context("fork").Process(target=target); p.start(); p.join(); print(p.exitcode)
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    assert not seen.all(OurFault)
