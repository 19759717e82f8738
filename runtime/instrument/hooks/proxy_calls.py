"""Calls through a manager's proxies: each takes a round trip to the server, and may wait there for somebody else."""

from __future__ import annotations

from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Primitive, Wait
from procscope.runtime.instrument import boards, patches, recorder
from procscope.runtime.journal import board_layout as layout

GROUP = "managers"
QUEUE = int(Primitive.MANAGER_QUEUE)
_PROXY = int(Primitive.PROXY)
_OF_QUEUES = frozenset(("put", "get", "qsize", "task_done"))
_WAITS = {"get": Wait.GET, "put": Wait.PUT, "join": Wait.JOIN}
_BLOCKING = frozenset(("get", "put", "join", "acquire", "wait"))
_MILLISECOND = 1_000_000


def server(address: Any) -> int:
    """The uid of the manager that serves at `address`."""
    return boards.uid_of(f"manager {address!r}")


def referent(token: Any) -> int:
    """The uid of what a token names."""
    return boards.uid_of(f"referent {token.address!r} {token.id} {token.typeid}")


def kind_of(exposed: Any) -> int:
    """A queue by its methods: a program may have registered one under any name."""
    return QUEUE if exposed and _OF_QUEUES.issubset(exposed) else _PROXY


def call(original: Any) -> Any:
    """BaseProxy._callmethod."""

    def _callmethod(self: Any, methodname: Any, args: Any = (), kwds: Any = {}) -> Any:  # noqa: B006
        began = _begin(self, methodname) if recorder.run and GROUP not in patches.off else None
        try:
            result = original(self, methodname, args, kwds)
        except BaseException as error:
            if began is not None:
                _over(began, methodname, error)
            patches.hide(error)
            raise
        if began is not None:
            _over(began, methodname, result)
        return result

    return _callmethod


def _begin(proxy: Any, method: Any) -> tuple[Any, int, bool] | None:
    """(row, the time, whether a wait was told)."""
    try:
        known = vars(proxy).get("_procscope")
        if known is None:
            known = proxy._procscope = (referent(proxy._token), kind_of(getattr(proxy, "_exposed_", None)))
        row = boards.row(*known)
        since = mono_ns()
        what = _WAITS.get(method, Wait.CALL) if known[1] == QUEUE else Wait.CALL
        site = boards.site() if method in _BLOCKING else ""
        return row, since, recorder.region().wait_begin(known[0], what, since, site)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return None


def _over(began: tuple[Any, int, bool], method: Any, result: Any) -> None:
    row, since, begun = began
    try:
        boards.wait_over(begun)
        took = mono_ns() - since
        row.words[layout.CALLS] += 1
        row.held(took)
        if method in _BLOCKING and took > _MILLISECOND:
            row.words[layout.CONTENDED] += 1
            row.words[layout.BLOCKED_NS] += took
            row.waited(took)
        if not isinstance(result, BaseException):
            _count(row, method, result)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _count(row: Any, method: Any, result: Any) -> None:
    words = row.words
    if row.kind == QUEUE:
        word = _ITEMS.get(method)
        if word is not None:
            words[word] += 1
    elif method == "acquire" and result is True:
        words[layout.ACQUIRED] += 1
        words[layout.HELD_AT] = words[layout.ACQUIRED]
        words[layout.HELD_SINCE] = mono_ns()
        words[layout.HELD_SITE] = row.text(boards.site())
    elif method == "release":
        if words[layout.RELEASED] - words[layout.FOREIGN] >= words[layout.ACQUIRED]:
            words[layout.FOREIGN] += 1
        words[layout.RELEASED] += 1


_ITEMS = {
    "put": layout.ITEMS_IN,
    "put_nowait": layout.ITEMS_IN,
    "get": layout.ITEMS_OUT,
    "get_nowait": layout.ITEMS_OUT,
    "task_done": layout.TASKS_DONE,
}
