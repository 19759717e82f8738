"""multiprocessing.Process: requested, started or not, alive, over."""

from __future__ import annotations

from procscope.runtime.instrument import identity, patches, recorder
from procscope.runtime.instrument.hooks import waits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

GROUP = "process"


def install(module: ModuleType) -> None:
    """Patch BaseProcess of multiprocessing.process."""
    patches.replace(GROUP, module.BaseProcess, "start", _start)
    patches.replace(GROUP, module.BaseProcess, "_bootstrap", _bootstrap)
    waits.of_processes(module)


def _start(original: Any) -> Any:
    def start(self: Any) -> None:
        before = identity.starting.birth
        birth = None
        try:
            birth = _announced(self)
            original(self)
        except BaseException as error:
            _not_started(birth, error)
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise
        finally:
            identity.starting.birth = before
        _started(self, birth)

    return start


def _announced(process: Any) -> identity.Birth | None:
    """Decide who the child is; a fork or the preparation data hands it on."""
    try:
        from procscope.runtime.instrument import births

        birth = births.of(process)
        if birth.kind == "process":
            births.submit(birth)
        identity.starting.birth = birth
        return birth
    except Exception as error:
        identity.starting.birth = None
        if patches.fault(GROUP, error):
            raise
        return None


def _started(process: Any, birth: identity.Birth | None) -> None:
    if birth is None:
        return
    try:
        from procscope.runtime.instrument import births

        process._popen._procscope_uid = birth.process
        births.started(process, birth)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _not_started(birth: identity.Birth | None, failure: BaseException) -> None:
    if birth is None:
        return
    try:
        from procscope.runtime.instrument import births

        births.not_started(birth, failure)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _bootstrap(original: Any) -> Any:
    def bootstrap(self: Any, *args: Any, **options: Any) -> Any:
        life = None
        try:
            if recorder.run:
                from procscope.runtime.instrument import life as lives

                life = lives.Life(self)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        code = original(self, *args, **options)
        if life is not None:
            life.left(code)
        return code

    return bootstrap
