"""Programs in odd circumstances, or that make their own: each ends as it does bare, and what is not seen says so."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from procscope.runtime.events import Drop, NotObserved, OurFault, PoolOpened, ProcessAlive
from tests.support.observed import BOOT, RUN, Outcome, bare, observed, same, told_in, write
from tests.support.pythons import present

JOB = """
    import concurrent.futures, multiprocessing, os, sys

    def double(x):
        return 2 * x

    def work(method="fork"):
        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            print(pool.map(double, range(6)), pool.apply(double, ("x",)))
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
            print(list(pool.map(double, range(4))))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            print(list(pool.map(double, range(4))))
        child = context.Process(target=sys.exit, args=(3,))
        child.start(); child.join(); print(child.exitcode)
"""
MAIN = """
    if __name__ == "__main__":
        {first}
        work({method!r})
        {last}
"""
DOES = {
    "nothing odd": "pass",
    "closes every descriptor": "os.closerange(3, 1 << 16); kept = open(__file__)",
    "fills descriptors again": "os.closerange(3, 999); held = [os.open(os.devnull, os.O_RDWR) for _ in range(200)]",
    "clears its environment": "os.environ.clear()",
    "freezes and switches": "import gc; gc.collect(); gc.freeze(); sys.setswitchinterval(1e-6)",
    "traces itself": "sys.settrace(lambda *_: None); sys.setprofile(lambda *_: None)",
    "forgets modules": "[sys.modules.pop(name) for name in list(sys.modules) if name.startswith('procscope')]",
    "forbids imports": "sys.meta_path.insert(0, type('No', (), {'find_spec': staticmethod(lambda *_: None)}))",
    "has no clock": "import time; time.monotonic_ns = time.time_ns = lambda: 1 / 0",
    "has no descriptors left": (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); "
        "held = [os.open(os.devnull, 0) for _ in range(20)]"
    ),
    "lost its directory": "here = os.path.join(os.getcwd(), 'gone'); os.mkdir(here); os.chdir(here); os.rmdir(here)",
    "lets nobody read": "os.umask(0o777)",
    "ignores its children": "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
    "undresses what we dressed": "multiprocessing.process.BaseProcess.start.__doc__ = None",
}
AUDITS = """
    import sys

    def hook(event, args):
        if event in ("open", "os.rename", "os.remove", "mmap.__new__", "ctypes.dlopen", "os.scandir"):
            told = [str(arg) for arg in args]
            if any("spool" in each for each in told) or event.startswith(("mmap", "ctypes")):
                raise RuntimeError("not by me: " + event)
"""


def edges() -> list[str]:
    """The oldest and the newest Python here."""
    found = [interpreter.path for interpreter in present()]
    return sorted({found[0], found[-1]}) if found else []


def script(folder: Path, first: str = "pass", last: str = "pass", method: str = "fork", before: str = "") -> Path:
    """A program that does `first`, works with a pool and two executors, and does `last`."""
    return write(folder, before + JOB + MAIN.format(first=first, last=last, method=method))


@pytest.mark.parametrize("python", edges())
@pytest.mark.parametrize("does", DOES)
def test_a_program_that(does: str, python: str, tmp_path: Path) -> None:
    """Whatever a program does to its own process, ours is the part that gives way."""
    seen = same(tmp_path, python, str(script(tmp_path, DOES[does])))
    assert not seen.err, seen.err
    assert seen.told, "nothing was said at all"


@pytest.mark.parametrize("python", edges()[:1])
@pytest.mark.parametrize("options", [["-I"], ["-E"], ["-S"], ["-s"], ["-O"], ["-OO"], ["-B"], ["-bb"], ["-W", "error"]])
def test_interpreter_options(options: list[str], python: str, tmp_path: Path) -> None:
    """A warning of ours became an error of the program's under -W error."""
    path = str(script(tmp_path, method="spawn"))
    plain = bare(python, [*options, path])
    seen = _with_options(tmp_path, python, options, path)
    assert (seen.out, seen.code, seen.err) == (plain.out, plain.code, plain.err)
    assert {event.kind for event in seen.all(ProcessAlive)} >= {"main", "worker"}


@pytest.mark.parametrize("python", edges())
def test_development_mode_has_nothing_to_say_of_us(python: str, tmp_path: Path) -> None:
    """-X dev reports files that were left open, and it prints what __del__ raised."""
    path = str(script(tmp_path))
    plain = bare(python, ["-X", "dev", path])
    seen = _with_options(tmp_path, python, ["-X", "dev"], path)
    assert (seen.out, seen.code, seen.err) == (plain.out, plain.code, plain.err)


def _with_options(folder: Path, python: str, options: Sequence[str], *words: str) -> Outcome:
    """Observed as the start-up file does it, in an interpreter with options of its own."""
    run = folder / "spool" / RUN
    run.mkdir(mode=0o700, parents=True)
    environment = {**os.environ, "PROCSCOPE_STATE_DIR": str(folder), "PROCSCOPE_RUN": RUN}
    done = subprocess.run(
        [python, *options, "-c", BOOT, *words], env=environment, capture_output=True, text=True, timeout=100
    )
    return Outcome(done.returncode, done.stdout, done.stderr, told_in(run))


@pytest.mark.parametrize("python", edges())
def test_an_audit_hook_that_forbids_our_files(python: str, tmp_path: Path) -> None:
    """What the hook raised at our open() went through our code and ended the program."""
    seen = same(tmp_path, python, str(script(tmp_path, "sys.addaudithook(hook)", before=AUDITS)))
    assert not seen.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may")
@pytest.mark.parametrize("python", edges())
@pytest.mark.parametrize("first", ["os.setuid(65534)", "os.chroot(os.path.dirname(os.path.abspath(__file__)))"])
def test_a_child_that_leaves_our_reach(first: str, python: str, tmp_path: Path) -> None:
    """After setuid or chroot the spool cannot be written: the child works on, and the journal it had goes on."""
    source = f"""
        import concurrent.futures, concurrent.futures.thread, multiprocessing, os, sys, encodings.idna

        def inside():
            {first}
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                sys.exit(pool.submit(divmod, 7, 4).result()[1] + 4)

        child = multiprocessing.get_context("fork").Process(target=inside)
        child.start(); child.join(); print(child.exitcode)
    """
    tmp_path.chmod(0o755)
    seen = same(tmp_path, python, str(write(tmp_path, source)))
    assert seen.out == "7\n"
    assert not seen.err
    assert any(event.kind == "process" for event in seen.all(ProcessAlive))


@pytest.mark.parametrize("python", edges())
def test_the_state_directory_is_deleted_while_we_run(python: str, tmp_path: Path) -> None:
    """An impatient `rm -rf` of the spool took the program down with it."""
    last = "import shutil; shutil.rmtree(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'spool'), 1); work()"
    same(tmp_path, python, str(script(tmp_path, last=last)))


LIMITS: dict[str, tuple[int, int]] = {
    "file size": (resource.RLIMIT_FSIZE, 2000),
    "descriptors": (resource.RLIMIT_NOFILE, 24),
    "memory": (resource.RLIMIT_AS, 220 << 20),
}


@pytest.mark.parametrize("python", edges())
@pytest.mark.parametrize("name", LIMITS)
def test_limits(name: str, python: str, tmp_path: Path) -> None:
    """A limit that the program keeps was passed by us, and the program got the error."""
    what, limit = LIMITS[name]
    seen = same(tmp_path, python, str(script(tmp_path, f"import resource; resource.setrlimit({what}, ({limit},) * 2)")))
    assert not seen.err
    assert seen.told
    if name == "file size":
        assert sum(told.drops[Drop.DISK_FULL] for told in seen.told) or not seen.all(PoolOpened)


def _read_only(home: Path) -> Callable[[], None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(home)], check=True)
    (home / "spool" / RUN).mkdir(parents=True)
    subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
    return lambda: _unmount(home)


def _full(home: Path) -> Callable[[], None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(home)], check=True)
    (home / "spool" / RUN).mkdir(parents=True)
    return lambda: _unmount(home)


def _unmount(home: Path) -> None:
    subprocess.run(["umount", "-l", str(home)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
@pytest.mark.parametrize("mount", [_read_only, _full])
def test_a_state_directory_that_takes_nothing(mount: Callable[[Path], Callable[[], None]], tmp_path: Path) -> None:
    """The disk was full, and so was the program's log of tracebacks."""
    home = tmp_path / "home"
    home.mkdir()
    try:
        undo = mount(home)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no mounting here: {error}")
    try:
        for python in edges():
            path = str(script(tmp_path, "work('fork')"))
            plain, seen = bare(python, [path]), observed(home, python, [path])
            assert (seen.out, seen.code, seen.err) == (plain.out, plain.code, plain.err)
    finally:
        undo()


def test_segments_can_be_read_whatever_the_umask(tmp_path: Path) -> None:
    """With umask 0777 a collector that is not root could not open what the program wrote."""
    seen = observed(tmp_path, edges()[-1], [str(script(tmp_path, "os.umask(0o777)"))])
    assert seen.told
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "spool" / RUN).iterdir() if path.suffix == ".psj"}
    assert modes == {0o600}


@pytest.mark.parametrize("python", edges())
def test_arguments_of_any_length_and_bytes(python: str, tmp_path: Path) -> None:
    """An argument that is no UTF-8, and a megabyte of them, in a C locale."""
    path = str(script(tmp_path, "print(len(sys.argv), len(os.environb))"))
    odd = os.fsdecode(b"\xff\xfe")
    more = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "ODD": odd, "LONG": "x" * 100_000}
    words = [path, odd, *["y" * 1000] * 1000]
    plain = bare(python, words, **more)
    seen = observed(tmp_path, python, words, PROCSCOPE_X="", **more)
    assert plain.out.partition("\n")[2] == seen.out.partition("\n")[2]
    assert (seen.code, seen.err) == (plain.code, plain.err) == (0, "")


def test_without_a_home(tmp_path: Path) -> None:
    """HOME unset, in a container without a passwd entry."""
    path = str(script(tmp_path))
    environment = {"PATH": os.environ["PATH"]}
    plain = subprocess.run([edges()[-1], path], env=environment, capture_output=True, text=True, timeout=60)
    more = {"PROCSCOPE_STATE_DIR": str(tmp_path), "PROCSCOPE_RUN": RUN}
    (tmp_path / "spool" / RUN).mkdir(parents=True)
    argv = [edges()[-1], "-c", BOOT, path]
    seen = subprocess.run(argv, env=environment | more, capture_output=True, text=True, timeout=60)
    assert (seen.stdout, seen.returncode, seen.stderr) == (plain.stdout, plain.returncode, plain.stderr)


SUBCLASSES = """
    import multiprocessing, multiprocessing.pool, multiprocessing.process, multiprocessing.context
    import concurrent.futures, concurrent.futures.process, concurrent.futures.thread

    class Pool(multiprocessing.pool.Pool):
        __slots__ = ("more",)
        def _repopulate_pool(self):
            return super()._repopulate_pool()
        def apply_async(self, *args, **kwds):
            return super().apply_async(*args, **kwds)

    class Process(multiprocessing.get_context("fork").Process):
        def start(self):
            print("my start")
            super().start()
        def run(self):
            print("my run", flush=True)
            super().run()
        def _bootstrap(self, *args, **kwds):
            return super()._bootstrap(*args, **kwds)

    class Executor(concurrent.futures.ProcessPoolExecutor):
        def submit(self, fn, /, *args, **kwds):
            return super().submit(fn, *args, **kwds)

    class Future(concurrent.futures.Future):
        __slots__ = ()
        def cancel(self):
            return super().cancel()

    if __name__ == "__main__":
        multiprocessing.pool.Pool = Pool
        concurrent.futures.process.ProcessPoolExecutor = Executor
        concurrent.futures._base.Future = Future
        with Pool(1) as pool:
            print(pool.map(abs, [-1, 2]), pool.apply(abs, (-3,)))
        with multiprocessing.Pool(1) as pool:
            print(pool.map(abs, [-1, 2]), type(pool).__name__)
        child = Process(target=print, args=("child",)); child.start(); child.join(); print(child.exitcode)
        with Executor(1) as pool:
            print(list(pool.map(abs, [-1, 2])), pool.submit(abs, -5).result())
        def broken(self):
            raise RuntimeError("replaced")
        multiprocessing.process.BaseProcess.start = broken
        try:
            Process(target=print).start()
        except RuntimeError as error:
            print(error)
"""


@pytest.mark.parametrize("python", edges())
def test_classes_that_were_subclassed_or_replaced(python: str, tmp_path: Path) -> None:
    """Frameworks subclass the standard classes, and tests replace them."""
    assert not same(tmp_path, python, str(write(tmp_path, SUBCLASSES))).err


LATER = {
    "multiprocessing/pool.py": ("_repopulate_pool", "_guarded_task_generation", "worker", "_terminate_pool"),
    "multiprocessing/process.py": ("_bootstrap",),
    "multiprocessing/popen_fork.py": ("poll",),
    "concurrent/futures/process.py": ("_process_worker", "_ExecutorManagerThread", "_work_ids"),
    "concurrent/futures/thread.py": ("_WorkItem", "_work_queue"),
    "multiprocessing/synchronize.py": ("_make_methods",),
}


@pytest.mark.parametrize("python", edges())
@pytest.mark.parametrize("file", LATER)
def test_a_standard_library_that_we_do_not_know(file: str, python: str, tmp_path: Path) -> None:
    """The next Python renames what we patch: then it is not observed and says so, and no program notices."""
    where = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], capture_output=True, text=True
    ).stdout.strip()
    for name in LATER[file]:
        library = tmp_path / "later" / name
        for package in ("multiprocessing", "concurrent"):
            shutil.copytree(f"{where}/{package}", library / package, ignore=shutil.ignore_patterns("__pycache__"))
        for path in library.rglob("*.py"):
            path.write_text(re.sub(rf"\b{name}\b", name + "_of_tomorrow", path.read_text()))
        first = f"import sys; sys.path.insert(0, {str(library)!r})\n"
        path = tmp_path / "job.py"
        script(tmp_path)
        path.write_text(first + path.read_text())
        seen = same(tmp_path / name, python, str(path))
        assert not seen.err, (name, seen.err)
        assert _said(seen), name


def _said(seen: Any) -> bool:
    """Whether the run says that something of it is not observed."""
    groups = [event.group for event in seen.all(NotObserved) if event.group != "subprocess"]
    return bool(groups or seen.all(OurFault))
