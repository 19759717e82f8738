"""An executor seen from outside: what is submitted to it, and what becomes of that.

Which process or thread runs a task, and since when, is not known of it, and nothing is made up.
"""

from __future__ import annotations

import itertools
from concurrent.futures import BrokenExecutor, _base
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import State, TaskSettled, TaskSubmitted
from procscope.runtime.instrument import facts, names, patches, pools, raised, recorder
from procscope.runtime.instrument.hooks import futures

GROUP = "wrapped executor"
UNOBSERVED = "where its tasks run, and since when"
_METHODS = ("submit", "map", "shutdown")


def wrap(executor: Any) -> Any:
    """The executor itself, or a stand-in where it takes no attributes. Raises TypeError for what has no `submit`."""
    if not callable(getattr(executor, "submit", None)):
        raise TypeError(f"wrap() takes an executor: {names.of_type(type(executor))} has no submit()")
    if not recorder.run or GROUP in patches.off or getattr(executor, "_procscope", None) is not None:
        return executor
    try:
        return _watched(executor)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return executor


def _watched(executor: Any) -> Any:
    futures.install()
    patches.replace(GROUP, _base.Executor, "map", futures.mapped(GROUP))
    kind = type(executor).__name__[:32]
    size = getattr(executor, "_max_workers", 0)
    pool = pools.opened(kind, (), size if type(size) is int and size > 0 else 0, "", 0, None, unobserved=UNOBSERVED)
    watch = Watch(pool)
    try:
        executor._procscope = pool
    except (AttributeError, TypeError):
        return StandIn(executor, watch)
    for name in _METHODS:
        original = getattr(executor, name, None)
        if original is not None:
            setattr(executor, name, _dressed(getattr(watch, name)(original), original))
    return executor


def _dressed(wrapper: Any, original: Any) -> Any:
    function = getattr(original, "__func__", original)
    if hasattr(function, "__name__"):
        patches.dress(wrapper, function)
    return wrapper


class Watch:
    """Makes the methods that stand in for an executor's own."""

    def __init__(self, pool: pools.Pool) -> None:
        self._pool = pool
        self._numbers = itertools.count()
        self._last = -1

    def submit(self, original: Any) -> Any:
        """Tells a call that was taken, as it was before, and follows its future."""

        def submit(*args: Any, **options: Any) -> Any:
            call = _told(self._about_to_submit, args, options)
            try:
                future = original(*args, **options)
            except BaseException as error:
                _told(self._refused, call, error)
                error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
                raise
            _told(self._follow, call, future)
            return future

        return submit

    def map(self, original: Any) -> Any:
        """A map that submits is seen by that; one that does not is said not to be seen."""

        def map(*args: Any, **options: Any) -> Any:
            before = self._last
            result = original(*args, **options)
            if self._last == before and len(args) > 1:
                recorder.not_observed(GROUP, f"{self._pool.kind}.map() hands over its items without submit()")
            return result

        return map

    def shutdown(self, original: Any) -> Any:
        """The pool is closing, and closed if that is waited for."""

        def shutdown(wait: bool = True, *args: Any, **options: Any) -> Any:
            _told(self._pool.now, "closing")
            result = original(wait, *args, **options)
            if wait:
                _told(self._pool.now, "closed")
            return result

        return shutdown

    def _about_to_submit(self, args: tuple[Any, ...], options: dict[str, Any]) -> TaskSubmitted | None:
        if not args and "fn" not in options:
            recorder.not_observed(GROUP, f"{self._pool.kind}.submit() does not take a function first: such calls")
            return None
        func = args[0] if args else options["fn"]
        named = options if args else {name: value for name, value in options.items() if name != "fn"}
        number = self._last = next(self._numbers)
        batch = futures.submitting(self._pool, func)
        place = (-1, -1) if batch is None else (batch.number, batch.next(1)[0])
        return facts.submission(self._pool.uid, number, func, args[1:], named, *place)

    def _refused(self, call: TaskSubmitted | None, error: BaseException) -> None:
        if call is not None:
            recorder.region().task_submitted(*call)
            reason = f"the executor did not take it: {_words(error)}"
            facts.dropped(call.pool, call.number, facts.CANCELLED, reason)

    def _follow(self, call: TaskSubmitted | None, future: Any) -> None:
        follow = getattr(future, "add_done_callback", None)
        if follow is None:  # of a task whose end will never be known nothing can be said but that
            recorder.not_observed(GROUP, f"{self._pool.kind} gives no futures: its tasks")
        elif call is not None:
            recorder.region().task_submitted(*call)
            pool, number = call.pool, call.number
            follow(lambda done: _told(_settled, pool, number, done))


def _settled(pool: int, number: int, future: Any) -> None:
    outcome, reason, why = State.SUCCEEDED, "", None
    error = None if future.cancelled() else future.exception()
    if future.cancelled():
        outcome, reason = State.CANCELLED, "its future was cancelled"
    elif isinstance(error, BrokenExecutor):
        outcome, reason = State.LOST, f"the executor broke: {_words(error)}"
    elif isinstance(error, BaseException):
        outcome, why = State.FAILED, raised.of(error)
    facts.rich(TaskSettled(mono_ns(), pool, number, int(outcome), reason, why))


def _words(error: BaseException) -> str:
    return f"{names.of_type(type(error))}: {raised.message(error)}"[:400]


def _told(act: Any, *args: Any) -> Any:
    if GROUP in patches.off:
        return None
    try:
        return act(*args)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return None


class StandIn:
    """In the place of an executor that takes no attributes: an instance of its class to isinstance(), equal to it."""

    def __init__(self, executor: Any, watch: Watch) -> None:
        self._executor = executor
        for name in _METHODS:
            original = getattr(executor, name, None)
            if original is not None:
                setattr(self, name, getattr(watch, name)(original))
        if getattr(type(executor), "map", None) is _base.Executor.map:  # it submits: by way of us
            self.map = type(executor).map.__get__(self)

    __class__: Any = property(lambda self: type(self._executor))

    def __enter__(self) -> Any:
        self._executor.__enter__()
        return self

    def __exit__(self, *raised: Any) -> Any:
        return self._executor.__exit__(*raised)

    def __eq__(self, other: Any) -> bool:
        return self is other or bool(self._executor == other)

    def __hash__(self) -> int:
        return hash(self._executor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._executor, name)
