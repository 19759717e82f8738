"""Copied into the faulty tree as procscope.runtime.strike: fails where and as it is told to.

STRIKE in the environment is "site:exception:mode"; mode is once (in each process) or always. STRIKE_SEEN names a file
that gets the numbers of the sites that ran, STRIKE_HITS one that gets a byte whenever one failed.
"""

# As programs are written: without types.
# mypy: ignore-errors

import os
from _thread import get_ident

KINDS = {
    "OSError": lambda: OSError(28, "injected"),
    "MemoryError": lambda: MemoryError("injected"),
    "RecursionError": lambda: RecursionError("injected"),
    "KeyboardInterrupt": lambda: KeyboardInterrupt("injected"),
    "ValueError": lambda: ValueError("injected"),
}
ENTERING = ("MemoryError", "RecursionError", "KeyboardInterrupt")
_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_guards = {}


class Aim:
    """What is to fail now."""

    site = 0
    kind = ""
    always = False
    pid = 0
    thread = get_ident()
    hits = 0
    seen = -1
    known = frozenset()
    log = -1


def aim(site, kind, mode, *, hits=-1):
    """From now on `site` fails. `hits`: a descriptor that gets a byte whenever it does."""
    Aim.site, Aim.kind, Aim.always, Aim.hits, Aim.log = site, kind, mode == "always", 0, hits
    Aim.pid, Aim.thread = os.getpid(), get_ident()


def watch(descriptor):
    """Write the numbers of sites that run to `descriptor`."""
    Aim.seen = descriptor
    Aim.known = frozenset()


def strike(site, callee=None):
    """`callee`, or what was asked for."""
    if site == Aim.site and _due(callee):
        raise KINDS[Aim.kind]()
    if Aim.seen >= 0 and site not in Aim.known:
        Aim.known = Aim.known | {site}
        note = "*" if callee is not None and _is_guard(callee) else "+" if _ours(callee) else "-"
        os.write(Aim.seen, b"%d%s%s " % (site, note.encode(), b"m" if _main() else b"o"))
    return callee


def _main():
    return get_ident() == Aim.thread and os.getpid() == Aim.pid


def _due(callee):
    if Aim.kind not in ENTERING and _ours(callee):
        return False  # entering a function of ours fails for want of memory or depth only
    if callee is not None and _is_guard(callee):
        return False  # its inside is struck; entering it fails where entering what it guards would
    if Aim.kind == "KeyboardInterrupt" and not _main():
        return False
    if Aim.hits and not Aim.always:
        return False
    Aim.hits += 1
    if Aim.log >= 0:
        os.write(Aim.log, b"!")
    return True


def _code(callee):
    """The Python code that is run when `callee` is called, None for what is written in C."""
    if type(callee) is type:
        callee = callee.__init__
    return getattr(getattr(callee, "__func__", callee), "__code__", None)


def _ours(callee):
    code = _code(callee)
    return code is not None and code.co_filename.startswith(_HERE)


def _is_guard(callee):
    if not _ours(callee):
        return False
    function = callee.__init__ if type(callee) is type else getattr(callee, "__func__", callee)
    known = function.__globals__.get("__guards__", ())
    return function.__qualname__.replace(".<locals>", "") in known


def _from_environment():
    wanted = os.environ.get("STRIKE", "")
    if wanted:
        site, kind, mode = wanted.split(":")
        log = os.environ.get("STRIKE_HITS", "")
        aim(int(site), kind, mode, hits=os.open(log, os.O_WRONLY | os.O_APPEND) if log else -1)
        Aim.pid = int(os.environ.get("STRIKE_PID") or os.getpid())
    if seen := os.environ.get("STRIKE_SEEN", ""):
        watch(os.open(seen, os.O_WRONLY | os.O_APPEND))


_from_environment()
