"""multiprocessing.managers: servers and what is done through proxies: calls, how long they took, who is blocked in one.

What a proxy stands for is known by the server's address and its number there. In its row CALLS and the holding times
are the calls of its methods; queues count items, locks acquisitions. Bytes are not known.
"""

from __future__ import annotations

import sys
from typing import Any

from procscope.runtime.events import Primitive
from procscope.runtime.instrument import boards, patches, recorder
from procscope.runtime.instrument.hooks import proxy_calls
from procscope.runtime.journal import board_layout as layout

GROUP = proxy_calls.GROUP
_MANAGER = int(Primitive.MANAGER)


def install(module: Any) -> None:
    """Patch multiprocessing.managers."""
    if not recorder.limits().channels:
        recorder.not_observed(GROUP, "switched off by the setting channels")
        return
    patches.replace(GROUP, module.BaseManager, "start", _after(_started))
    patches.replace(GROUP, module.BaseManager, "connect", _after(_connected))
    patches.replace(GROUP, module.BaseManager, "_finalize_manager", _finalize)
    patches.replace(GROUP, module.BaseManager, "_create", _after(_created))
    patches.replace(GROUP, module.Server, "serve_forever", _serve_forever)
    patches.replace(GROUP, module.BaseProxy, "_callmethod", proxy_calls.call)


def told(act: Any, *args: Any) -> None:
    """Do something of ours, guarded; nothing while nothing is observed."""
    if recorder.run and GROUP not in patches.off:
        try:
            act(*args)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise


def _after(act: Any) -> Any:
    """A wrapper that calls `act(self, result, arguments)` when the method has returned."""

    def make(original: Any) -> Any:
        def method(self: Any, *args: Any, **options: Any) -> Any:
            try:
                result = original(self, *args, **options)
            except BaseException as error:
                patches.hide(error)
                raise
            told(act, self, result, args)
            return result

        return method

    return make


def _started(manager: Any, _result: Any, _args: Any) -> None:
    role = f"serves in pid {manager._process.pid}"
    boards.born(
        proxy_calls.server(manager._address), _MANAGER, name=type(manager).__name__, site=boards.site(), role=role
    )


def _connected(manager: Any, _result: Any, _args: Any) -> None:
    boards.row(proxy_calls.server(manager._address), _MANAGER).add(layout.CALLS)


def _finalize(original: Any) -> Any:
    def _finalize_manager(process: Any, address: Any, *args: Any, **options: Any) -> None:
        try:
            original(process, address, *args, **options)
        except BaseException as error:
            patches.hide(error)
            raise
        told(_shut_down, address)

    return _finalize_manager


def _shut_down(address: Any) -> None:
    boards.row(proxy_calls.server(address), _MANAGER).words[layout.FLAGS] |= layout.FLAG_CLOSED


def _created(_manager: Any, result: Any, args: Any) -> None:
    """The server made what `token` names: a proxy of it is about to be handed to the program."""
    token, exposed = result
    name, site = boards.called()
    size = args[1] if len(args) > 1 and type(args[1]) is int else 0
    kind = proxy_calls.kind_of(exposed)
    boards.born(
        proxy_calls.referent(token), kind, name=name, site=site, size=size if kind == proxy_calls.QUEUE else 0,
        owner=proxy_calls.server(token.address), role=str(token.typeid),
    )  # fmt: skip


def _serve_forever(original: Any) -> Any:
    def serve_forever(self: Any) -> Any:
        told(_serving, self)
        return original(self)

    return serve_forever


def _serving(server: Any) -> None:
    uid = proxy_calls.server(server.address)
    if sys._getframe(3).f_code.co_name == "_run_server":  # whoever started it tells where
        boards.row(uid, _MANAGER)
    else:
        boards.born(uid, _MANAGER, name=type(server).__name__, site=boards.site(), role="serves here")
