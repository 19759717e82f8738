"""`procscope run` changes nothing: every program here behaves as under the bare interpreter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROCSCOPE = [sys.executable, "-m", "procscope", "run", "--quiet"]
Outcome = tuple[int, bytes, bytes]

SHOWS = """
    import sys, os, json, pathlib, signal
    main = sys.modules["__main__"]
    print(json.dumps({
        "argv": sys.argv,
        "path0": sys.path[0],
        "name": __name__,
        "file": globals().get("__file__"),
        "spec": repr(getattr(main.__spec__, "name", None)),
        "package": __package__,
        "globals": sorted(globals()),
        "is_main": vars(main) is globals(),
        "flags": repr(sys.flags),
        "warnoptions": sys.warnoptions,
        "sigpipe": int(signal.getsignal(signal.SIGPIPE)),
        "children": pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text(),
        "descriptors": sorted(os.listdir("/proc/self/fd"))[:4],
        "cwd": os.getcwd(),
        "doc": __doc__,
    }))
"""


def environment(**more: str) -> dict[str, str]:
    """This process's environment with the checkout importable, for the bare run as well."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def outcome(argv: list[str], where: Path, stdin: bytes = b"", **more: str) -> Outcome:
    """Exit code (negative for a signal), stdout, stderr of `argv` run in `where`."""
    done = subprocess.run(argv, cwd=where, input=stdin, capture_output=True, env=environment(**more), timeout=60)
    return done.returncode, done.stdout, done.stderr


def same(where: Path, *program: str, stdin: bytes = b"") -> Outcome:
    """The outcome of `program` bare, having checked that it is the same under `procscope run`."""
    bare = outcome([sys.executable, *program], where, stdin)
    watched = outcome([*PROCSCOPE, *program], where, stdin)
    assert watched == bare
    return bare


def write(path: Path, source: str) -> Path:
    """A file with dedented `source`, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(source))
    return path


def test_a_script_sees_what_it_always_saw(tmp_path: Path) -> None:
    """A script that located its data by sys.path[0] found ours instead."""
    write(tmp_path / "sub" / "job.py", SHOWS)
    code, out, _ = same(tmp_path, "sub/job.py", "--name", "x", "--", "-m")
    assert code == 0
    assert b'"--name", "x", "--", "-m"' in out


@pytest.mark.parametrize("name", ["pkg", "pkg.mod", "single"])
def test_modules_and_packages(tmp_path: Path, name: str) -> None:
    """-m gives __spec__ and __package__, on which relative imports rest."""
    write(tmp_path / "pkg" / "__init__.py", "")
    write(tmp_path / "pkg" / "__main__.py", SHOWS)
    write(tmp_path / "pkg" / "mod.py", "from . import __main__")
    write(tmp_path / "single.py", SHOWS)
    assert same(tmp_path, "-m", name, "--db", "mine")[0] == 0


def test_code(tmp_path: Path) -> None:
    """-c gives '' as sys.path[0] and '-c' as argv[0]."""
    assert same(tmp_path, "-c", textwrap.dedent(SHOWS), "a", "-b")[0] == 0


def test_a_directory_and_a_zip(tmp_path: Path) -> None:
    """Applications packed as one file run as they do bare."""
    write(tmp_path / "app" / "__main__.py", SHOWS)
    with zipfile.ZipFile(tmp_path / "app.pyz", "w") as archive:
        archive.write(tmp_path / "app" / "__main__.py", "__main__.py")
    assert same(tmp_path, "app", "x")[0] == 0
    assert same(tmp_path, "app.pyz", "x")[0] == 0


def test_a_program_on_stdin(tmp_path: Path) -> None:
    """`generate | python -` is a program too."""
    assert same(tmp_path, "-", "x", stdin=textwrap.dedent(SHOWS).encode())[0] == 0


def test_stdin_is_the_programs(tmp_path: Path) -> None:
    """Not a byte of what is piped in is read by us."""
    write(tmp_path / "job.py", "import sys; data = sys.stdin.buffer.read(); print(len(data), hash(data) == hash(data))")
    assert same(tmp_path, "job.py", stdin=bytes(range(256)) * 4096)[1].startswith(b"1048576")


@pytest.mark.parametrize(
    "ending",
    [
        "sys.exit(3)",
        "sys.exit('words')",
        "sys.exit(None)",
        "sys.exit(256 + 7)",
        "os._exit(9)",
        "raise ValueError('no')",
        "raise KeyboardInterrupt",
        "1 / 0",
        "def",
        "import nowhere",
        "os.kill(os.getpid(), 9)",
        "os.kill(os.getpid(), 15)",
        "os.abort()",
        "atexit.register(print, 'late'); sys.exit(4)",
        "print('out'); print('err', file=sys.stderr); sys.stdout.close(); sys.exit(5)",
        "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])",
        "raise BrokenPipeError",
        "raise SystemExit(ValueError('as code'))",
    ],
)
def test_every_ending(tmp_path: Path, ending: str) -> None:
    """Exit codes, tracebacks and signal deaths are the interpreter's own, to the letter."""
    write(tmp_path / "job.py", f"import atexit, os, sys\n\ndef main():\n    {ending}\n\nmain()\n")
    same(tmp_path, "job.py")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_a_signal_to_the_launchers_pid_reaches_the_program(tmp_path: Path, number: signal.Signals) -> None:
    """A supervisor knows one pid: the one it started."""
    write(tmp_path / "job.py", "import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    assert _struck([*PROCSCOPE, "job.py"], tmp_path, number) == _struck([sys.executable, "job.py"], tmp_path, number)


def _struck(argv: list[str], where: Path, number: int) -> tuple[int, bytes]:
    # Without carets: the signal may come at the end of the print as well as in the sleep.
    env = {**environment(), "PYTHONNODEBUGRANGES": "1"}
    with subprocess.Popen(argv, cwd=where, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stderr
        assert int(child.stdout.readline()) == child.pid
        child.send_signal(number)
        return child.wait(30), child.stderr.read()


def test_the_program_has_no_child_of_ours(tmp_path: Path) -> None:
    """`while True: os.waitpid(-1, 0)` is how supervisors end; a helper of ours kept one from ending."""
    source = """
        import os, multiprocessing
        try:
            print(os.waitpid(-1, os.WNOHANG))
        except ChildProcessError:
            print("none")
        print(multiprocessing.active_children())
    """
    write(tmp_path / "job.py", source)
    assert same(tmp_path, "job.py")[1] == b"none\n[]\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_every_start_method(tmp_path: Path, method: str) -> None:
    """spawn imports __main__ again by its file: a launcher in between has broken pickling of __main__.f."""
    source = f"""
        import multiprocessing, sys

        class Thing:
            pass

        def f(x):
            return x, __name__, type(Thing()).__module__, sys.argv

        if __name__ == "__main__":
            context = multiprocessing.get_context("{method}")
            with context.Pool(2) as pool:
                print(pool.map(f, range(3)))
                try:
                    pool.apply(int, ("x",))
                except ValueError as error:
                    print(repr(error))
            p = context.Process(target=sys.exit, args=(7,))
            p.start(); p.join(); print(p.exitcode)
    """
    write(tmp_path / "job.py", source)
    assert same(tmp_path, "job.py", "arg")[0] == 0


def test_interpreter_options_are_handed_on(tmp_path: Path) -> None:
    """`python -W error -X dev -m procscope run job.py` means them for the program."""
    write(tmp_path / "job.py", SHOWS)
    options = ["-W", "error", "-X", "utf8", "-B"]
    bare = outcome([sys.executable, *options, "job.py"], tmp_path)
    assert outcome([sys.executable, *options, *PROCSCOPE[1:], "job.py"], tmp_path) == bare


def _breaks_home(home: Path) -> dict[str, str]:
    (home / "file").touch()
    return {"PROCSCOPE_STATE_DIR": str(home / "file" / "below")}


def _breaks_database(home: Path) -> dict[str, str]:
    (home / "x.db").write_bytes(b"this is not a database" * 100)
    return {"PROCSCOPE_DB": str(home / "x.db")}


def _breaks_setting(home: Path) -> dict[str, str]:
    return {"PROCSCOPE_DETAIL": "nonsense"}


def _breaks_owner(home: Path) -> dict[str, str]:
    if os.geteuid():
        pytest.skip("only root can give a directory away")
    (home / "spool").mkdir(mode=0o700)
    os.chown(home / "spool", 12345, 12345)
    return {}


@pytest.mark.parametrize("breaks", [_breaks_home, _breaks_database, _breaks_setting, _breaks_owner])
def test_without_telemetry_the_program_still_runs(
    tmp_path: Path, state_dir: Path, breaks: Callable[[Path], dict[str, str]]
) -> None:
    """A full or foreign state directory must never be why the nightly job did not run."""
    write(tmp_path / "job.py", "import sys; print('ran'); sys.exit(3)")
    code, out, err = outcome([*PROCSCOPE, "job.py"], tmp_path, b"", **breaks(state_dir))
    assert (code, out) == (3, b"ran\n")
    assert err.startswith(b"procscope: not recording this run: ")
    assert err.count(b"\n") == 1


def test_disabled_is_bare(tmp_path: Path, state_dir: Path) -> None:
    """PROCSCOPE_DISABLE=1 leaves no trace."""
    write(tmp_path / "job.py", SHOWS)
    bare = outcome([sys.executable, "job.py"], tmp_path)
    assert outcome([*PROCSCOPE[:-1], "job.py"], tmp_path, PROCSCOPE_DISABLE="1") == bare
    assert not list(state_dir.iterdir())
