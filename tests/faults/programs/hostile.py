"""Objects that resent being looked at, wherever a program can hand one to its workers.

Prints what came of each use, and how often which of their methods was called: as often as without us.
"""

# As programs are written: without types.
# mypy: ignore-errors

import collections
import concurrent.futures
import multiprocessing
import multiprocessing.pool
import os
import sys
import threading
from functools import partial

CALLS = collections.Counter()
NAMES = [
    f"__{name}__"
    for name in (
        *("repr", "str", "hash", "len", "eq", "bool", "iter", "getattr", "format", "bytes", "index", "int", "float"),
        *("lt", "contains", "getitem", "next", "call", "dir", "sizeof", "reduce", "reduce_ex", "del"),
    )
]


class Leave(BaseException):
    """Nobody catches it by accident."""


def resent(name, error):
    def method(self, *args, **kwds):
        CALLS[name] += 1
        raise error(name)

    return method


def made(label, error, base=object, only=NAMES):
    """A class each method of which counts its call and raises `error`, and whose __class__ does."""
    body = {name: resent(name, error) for name in only if name not in ("__call__", "__del__")}
    body["__class__"] = property(resent("__class__", error))
    if base is not object:
        body = {name: method for name, method in body.items() if name not in ("__reduce__", "__reduce_ex__")}
    return type(label, (base,), body)


class Meta(type):
    def __instancecheck__(cls, item):
        CALLS["__instancecheck__"] += 1
        raise Leave("instancecheck")

    def __getattribute__(cls, name):
        CALLS["meta " + name] += 1
        return type.__getattribute__(cls, name)

    def __repr__(cls):
        CALLS["meta repr"] += 1
        raise Leave("meta")


class Odd(metaclass=Meta):
    pass


class Sleeper:
    def __repr__(self):
        import time

        time.sleep(30)

    __str__ = __len__ = __hash__ = __iter__ = __getattr__ = __repr__


class Forker:
    def __repr__(self):
        os.fork()
        raise Leave("forked")

    __str__ = __len__ = __hash__ = __iter__ = __repr__


class Gigabyte:
    def __repr__(self):
        return "x" * (1 << 30)

    __str__ = __repr__


class Recursing:
    def __repr__(self):
        return repr(self)

    __str__ = __len__ = __hash__ = __repr__

    def __getattr__(self, name):
        return getattr(self, name + "x")


def deep(levels, make):
    found = make(())
    for _ in range(levels):
        found = make((found,))
    return found


def endless():
    found = {}
    found["self"] = found
    listed = [found]
    listed.append(listed)
    return listed


THINGS = {
    "raising": made("Raising", ValueError)(),
    "leaving": made("Leaving", Leave)(),
    "exiting": made("Exiting", SystemExit)(),
    "a list": made("AList", Leave, list)([1, 2]),
    "a dict": made("ADict", Leave, dict)(a=1),
    "a str": made("AStr", Leave, str)("text"),
    "an int": made("AnInt", Leave, int)(7),
    "a tuple": made("ATuple", Leave, tuple)((1, 2)),
    "odd": Odd(),
    "the odd class": Odd,
    "sleeper": Sleeper(),
    "forker": Forker(),
    "gigabyte": Gigabyte(),
    "recursing": Recursing(),
    "surrogate": "\udc80\ud800",
    "large": 2**70000,
    "nan": float("nan"),
    "deep list": deep(1000, list),
    "deep tuple": deep(1000, tuple),
    "endless": endless(),
    "bytes": b"\xff" * 100_000,
    "secret": {"password": Recursing()},
}


def give(_):
    return 1


def take(item):
    return item


class Call:
    """A callable without a name."""

    def __call__(self, *_):
        return 2

    def __getattr__(self, name):
        CALLS["function " + name] += 1
        raise Leave(name)


class Named:
    def __call__(self, *_):
        return 3

    __module__ = property(resent("__module__", Leave))
    __name__ = property(resent("__name__", Leave))
    __qualname__ = "Named"


def renamed(name):
    def function(*_):
        return 4

    function.__name__ = function.__qualname__ = name
    return function


def unplaced():
    def function(*_):
        return 5

    function.__module__ = THINGS["raising"]
    return function


FUNCTIONS = {
    "call": Call(),
    "named": Named(),
    "surrogate": renamed("\udc80"),
    "long": renamed("n" * 1_000_000),
    "a str": renamed(made("AName", Leave, str)("text")),
    "unplaced": unplaced(),
    "partials": partial(partial(partial(give, 1)), *()),
    "kept partial": type("Kept", (partial,), {"x": 1})(partial(give, 2)),
    "class": type("Made", (), {"__init__": lambda self, *_: None}),
    "method": [].__len__,
    "odd": lambda *_, Odd=Odd: 6,
}

BadError = made("BadError", Leave, Exception, ("__str__", "__repr__", "__hash__", "__eq__", "__len__", "__getattr__"))
BadOSError = made("BadOSError", Leave, OSError, ("__repr__", "__hash__", "__eq__", "__len__"))
BadOSError.filename = property(resent("filename", Leave))


def looped():
    one, two = ValueError("one"), KeyError("two")
    one.__cause__, two.__context__ = two, one
    return one


ERRORS = {
    "bad": lambda: BadError("text"),
    "bad args": lambda: ValueError(THINGS["leaving"], THINGS["raising"]),
    "os": lambda: BadOSError(5, "text"),
    "key": lambda: KeyError(THINGS["leaving"]),
    "loop": looped,
    "surrogate": lambda: ValueError("\udc80"),
    "long": lambda: ValueError("x" * 10_000_000),
    "none": lambda: Exception(*range(100_000)),
}


def fail(name):
    raise ERRORS[name]()


def outcome(act, *args):
    """What came of it, by types only: nothing here looks at the things."""
    try:
        found = act(*args)
    except BaseException as error:
        return "raises " + type.__dict__["__name__"].__get__(type(error))
    return type.__dict__["__name__"].__get__(type(found))


def report(title, outcomes):
    print(title, outcomes, sorted(CALLS.items()))
    CALLS.clear()


def threads():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        for name, thing in THINGS.items():
            report(f"thread argument {name}", outcome(pool.submit(give, thing).result))
            report(f"thread keyword {name}", outcome(pool.submit(lambda **kwds: 0, password=thing).result))
            report(f"thread result {name}", outcome(pool.submit(lambda held=thing: held).result))
            report(f"thread map {name}", outcome(list, pool.map(give, [thing, thing])))
        for name, function in FUNCTIONS.items():
            report(f"thread function {name}", outcome(pool.submit(function, 1).result))
        for name in ERRORS:
            report(f"thread error {name}", outcome(pool.submit(fail, name).result))
    with multiprocessing.pool.ThreadPool(1) as pool:
        for name, thing in THINGS.items():
            report(f"pool thread argument {name}", outcome(pool.apply, give, (thing,)))
            report(f"pool thread map {name}", outcome(pool.map, take, [thing, thing]))
            report(f"pool thread imap {name}", outcome(list, pool.imap(take, iter([thing]))))
        for name, function in FUNCTIONS.items():
            report(f"pool thread function {name}", outcome(pool.apply, function, (1,)))
        for name in ERRORS:
            report(f"pool thread error {name}", outcome(pool.apply, fail, (name,)))
            report(f"pool thread map error {name}", outcome(pool.map, fail, [name]))


def processes():
    context = multiprocessing.get_context("fork")

    def child(title, target, *args, **options):
        process = context.Process(target=target, args=args, **options)
        process.start()
        process.join()
        report(title, process.exitcode)

    sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for name, thing in THINGS.items():
        child(f"process argument {name}", give, thing)
        child(f"process exit {name}", lambda held=thing: sys.exit(held)) if name not in QUIET else None
    for name, function in FUNCTIONS.items():
        child(f"process function {name}", function, 1)
    for name in ERRORS:
        child(f"process error {name}", fail, name)
    child("process named", give, 1, name=made("AName", Leave, str, ("__str__", "__repr__", "__hash__"))("text"))
    for code in (2**31, True, made("Code", Leave, int)(3), made("Text", Leave, str)("")):
        child(f"process leaves with {type.__dict__['__name__'].__get__(type(code))}", sys.exit, code)
    child("process surrogate", give, 1, name="\udc80" * 10)
    with context.Pool(1) as pool:
        for name in ("surrogate", "large", "nan", "deep list", "endless", "bytes", "odd"):
            report(f"pool {name}", outcome(pool.apply, take, (THINGS[name],)))
            report(f"pool map {name}", outcome(pool.map, give, [THINGS[name]] * 3))
        report("pool raising", outcome(pool.apply, take, (THINGS["raising"],)))
        report("pool result", outcome(pool.apply, THINGS.get, ("raising",)))


QUIET = ("sleeper", "forker", "gigabyte", "recursing", "secret")
"""What the standard library itself would print when a process exits with it."""


def sizes():
    context = multiprocessing.get_context("fork")
    with context.Pool(1, maxtasksperchild=True + 1) as pool:
        report("chunksize 2.5", outcome(pool.imap, give, [1], 2.5))
        report("chunksize True", outcome(list, pool.imap(give, [1, 2], True)))
        report("length", outcome(pool.map, give, made("Sized", ValueError, object, ("__len__", "__iter__"))()))
    with concurrent.futures.ThreadPoolExecutor(True) as pool:
        report("one", outcome(list, pool.map(give, [1], timeout=None)))


def thread_names():
    for name in ("\udc80", "n" * 100_000, made("AName", Leave, str, ("__repr__", "__hash__", "__eq__"))("text")):
        thread = threading.Thread(target=give, args=(1,))
        thread._name = name
        thread.start()
        thread.join()
    with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="\udc80") as pool:
        report("thread prefix", outcome(pool.submit(give, 1).result))


if __name__ == "__main__":
    for part in (threads, processes, sizes, thread_names):
        part()
    sys.stdout.flush()
