"""Waiting for a process or a result: told while it lasts, only where there is something to wait for."""

from __future__ import annotations

from sys import _getframe

from procscope.runtime.clock import mono_ns
from procscope.runtime.instrument import patches, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

GROUP = "waits"
_PROCESS, _RESULT = 8, 9  # events.Wait
_awaited: list[Any] = []
_executors: dict[int, Any] = {}
"""Weak references to the process executors made here, and in a worker's ancestors, by their pool's uid."""


def of_processes(module: ModuleType) -> None:
    """Patch Process.join."""
    patches.replace(GROUP, module.BaseProcess, "join", _join)


def of_results(module: ModuleType) -> None:
    """Patch AsyncResult.wait, in which get() waits."""
    patches.replace(GROUP, module.ApplyResult, "wait", _wait)


def of_future(future: Any) -> None:
    """Have a future of ours tell who waits for it, where `result` and `exception` do: in their condition's wait."""
    if not _awaited:
        _awaited.append(_awaited_class() if recorder.limits().sync else None)
    if _awaited[0] is None:
        return
    # On the condition, not looked up in its caller's locals: a snapshot of those would keep the future in a cycle.
    future._condition._procscope = future._procscope[0]
    future._condition.__class__ = _awaited[0]


def of_executor(uid: int, executor: Any) -> None:
    """Remember an executor for those of its workers that are forks of this process."""
    from weakref import ref

    for number in [number for number, known in _executors.items() if known() is None]:
        del _executors[number]
    _executors[uid] = ref(executor)


def within(uid: int) -> None:
    """This is a worker of pool `uid`. Its copy of the executor never runs what it is given, if its lock, which was held
    at the fork, lets anybody give it something."""
    known = _executors.get(uid)
    executor = known() if known is not None else None
    if executor is not None:
        executor.submit = _submitting(executor.submit, uid)


def _submitting(original: Any, uid: int) -> Any:
    def submit(*args: Any, **kwds: Any) -> Any:
        begun = _begin(_known, uid, _RESULT)
        try:
            return original(*args, **kwds)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            _over(begun)

    return submit


def _begin(whom: Any, subject: Any, what: int) -> bool:
    """This thread waits from now on for what `whom(subject)` gives the uid of; False where that is not told."""
    try:
        uid = whom(subject)
        if not uid or not recorder.run or GROUP in patches.off or not recorder.limits().sync:
            return False
        from procscope.runtime.instrument import boards

        return boards.wait_begin(uid, what, boards.site())
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return False


def _over(begun: bool) -> None:
    """It waits no more."""
    if begun:
        try:
            recorder.region().wait_clear()
        except Exception as error:
            if patches.fault(GROUP, error):
                raise


def _join(original: Any) -> Any:
    def join(self: Any, timeout: Any = None) -> Any:
        begun = _begin(_child, self, _PROCESS)
        try:
            return original(self, timeout)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            _over(begun)

    return join


def _child(process: Any) -> int:
    """The uid of a child that has not ended as far as its parent has seen, 0 for any other."""
    popen = getattr(process, "_popen", None)
    return getattr(popen, "_procscope_uid", 0) if popen is not None and popen.returncode is None else 0


def _wait(original: Any) -> Any:
    def wait(self: Any, timeout: Any = None) -> Any:
        begun = _begin(_pool, self, _RESULT)
        try:
            return original(self, timeout)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            _over(begun)

    return wait


def _known(uid: int) -> int:
    return uid


def _pool(result: Any) -> int:
    if result._event.is_set():
        return 0
    ours = getattr(getattr(result, "_pool", None), "_procscope", None)
    return getattr(ours, "uid", 0)


def _awaited_class() -> Any:
    import threading

    from procscope.runtime.instrument.calls import site_from

    plain = threading.Condition.wait

    class Condition(threading.Condition):
        """A future's, that tells who waits in it."""

        _procscope: int

        def wait(self, timeout: float | None = None) -> bool:
            begun = False
            try:
                if GROUP not in patches.off:
                    where = site_from(_getframe(1))
                    begun = recorder.region().wait_begin(self._procscope, _RESULT, mono_ns(), where)
            except Exception as error:
                if patches.fault(GROUP, error):
                    raise
            try:
                return plain(self, timeout)
            except BaseException as error:
                patches.hide(error)
                raise
            finally:
                _over(begun)

    Condition.__module__, Condition.__qualname__ = threading.__name__, "Condition"
    return Condition
