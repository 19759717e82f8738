"""multiprocessing.connection: messages and bytes of every Pipe and Connection, and who is blocked in them."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Primitive
from procscope.runtime.instrument import boards, identity, patches, recorder, wires
from procscope.runtime.instrument.wires import LONG_NS, NOBODY, RECEIVING, SENDING, SLACK_NS, Wire
from procscope.runtime.journal import board_layout as layout

GROUP = "connections"
_BYTES_IN, _BYTES_OUT, _ITEMS_OUT = layout.BYTES_IN, layout.BYTES_OUT, layout.ITEMS_OUT
_LARGE = 16384
_HANDSHAKE = ("deliver_challenge", "answer_challenge")
_MACHINERY = ("multiprocessing.", "multiprocess.", "concurrent.futures.", "loky.", "joblib.externals.loky.")
_THROUGH = (".connection", ".context")
_PIPE, _CONNECTION = int(Primitive.PIPE), int(Primitive.CONNECTION)


def install(module: Any) -> None:
    """Patch multiprocessing.connection."""
    if not recorder.limits().channels:
        recorder.not_observed(GROUP, "switched off by the setting channels")
        return
    patches.replace(GROUP, module.Connection, "_send_bytes", _send_bytes)
    patches.replace(GROUP, module.Connection, "_recv_bytes", _recv_bytes)
    patches.replace(GROUP, module, "Pipe", _pipe)
    patches.replace(GROUP, module, "SocketClient", _socket("client"))
    patches.replace(GROUP, module.SocketListener, "accept", _socket("accepted"))


def _send_bytes(original: Any) -> Any:
    def _send_bytes(self: Any, buf: Any) -> None:
        since = 1
        try:
            size = len(buf)
            wire = self._procscope
            words = wire.words
            words[SENDING] = 1
            if not wire.quiet:
                wire.items_in = items = wire.items_in + 1
                # Counted before it leaves: whoever receives it may end this process.
                words[wire.at] = items
                wire.bytes_in = words[_BYTES_IN] = wire.bytes_in + size
                if wire.pressed or not items & 15 or size > _LARGE:
                    words[SENDING] = since = mono_ns()
        except Exception as error:
            wire, words, size = _first_sent(self, buf, error)
        try:
            original(self, buf)
        except BaseException as error:
            _unsent(wire, words, size)
            patches.hide(error)
            raise
        words[SENDING] = 0
        if since > 1:
            _sent(wire, since, size)

    return _send_bytes


def _first_sent(connection: Any, buf: Any, error: Exception) -> tuple[Wire, Any, int]:
    wire = _met(connection, error)
    try:
        if not wire.quiet:
            words, size = wire.words, len(buf)
            wire.items_in = words[wire.at] = wire.items_in + 1
            wire.bytes_in = words[_BYTES_IN] = wire.bytes_in + size
            words[SENDING] = mono_ns()
            return wire, words, size
    except Exception as fault:
        if patches.fault(GROUP, fault):
            raise
    return NOBODY, NOBODY.words, 0


def _unsent(wire: Wire, words: Any, size: int) -> None:
    words[SENDING] = 0
    if not wire.quiet:
        wire.items_in = words[wire.at] = max(wire.items_in - 1, 0)
        wire.bytes_in = words[_BYTES_IN] = max(wire.bytes_in - size, 0)


def _sent(wire: Wire, since: int, size: int) -> None:
    try:
        took = mono_ns() - since
        wire.pressed = took > SLACK_NS + size
        if wire.pressed and wire.at == layout.ITEMS_IN:  # a queue's feeder waits, not the program
            wire.blocked(took, size)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _received(wire: Wire, since: int, size: int) -> None:
    try:
        took = mono_ns() - since
        wire.blocked(took, size)
        if took > LONG_NS:
            wire.at_site(boards.site())
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _recv_bytes(original: Any) -> Any:
    def _recv_bytes(self: Any, maxsize: Any = None) -> Any:
        try:
            wire = self._procscope
            words = wire.words
            words[RECEIVING] = since = mono_ns()
        except Exception as error:
            wire, words, since = _first_received(self, error)
        try:
            message = original(self, maxsize)
        except BaseException as error:
            words[RECEIVING] = 0
            patches.hide(error)
            raise
        words[RECEIVING] = 0
        if message is None or wire.quiet:
            return message
        try:
            size = message.tell()
            wire.items_out = words[_ITEMS_OUT] = wire.items_out + 1
            wire.bytes_out = words[_BYTES_OUT] = wire.bytes_out + size
            if mono_ns() - since > SLACK_NS:
                _received(wire, since, size)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return message

    return _recv_bytes


def _first_received(connection: Any, error: Exception) -> tuple[Wire, Any, int]:
    wire = _met(connection, error)
    try:
        wire.words[RECEIVING] = since = mono_ns()
        return wire, wire.words, since
    except Exception as fault:
        if patches.fault(GROUP, fault):
            raise
    return NOBODY, NOBODY.words, 0


def _met(connection: Any, error: Exception) -> Wire:
    """The wire of a connection that is used for the first time in this process; NOBODY where ours failed."""
    try:
        wire: Wire | None = vars(connection).get("_procscope")
        if wire is not None and wire.words is not None:
            if not issubclass(type(error), (AttributeError, TypeError)):
                raise error
            return wire  # another thread met it a moment ago
        return _meet(connection, wire)
    except Exception as fault:
        if patches.fault(GROUP, fault):
            raise
        return NOBODY


def _meet(connection: Any, wire: Wire | None) -> Wire:
    if wire is None:
        whose = user()
        if whose is Users.HANDSHAKE or not recorder.run:
            return NOBODY
        wire = NOBODY if whose is Users.LIBRARY else Wire(_CONNECTION)
    if wire is not NOBODY:
        wire = wires.bound(wire, connection._handle)
    connection._procscope = wire
    return wire


class Users(Enum):
    """Whose business what travels over a connection is."""

    PROGRAM = 0
    LIBRARY = 1
    HANDSHAKE = 2


def user(through: tuple[str, ...] = _THROUGH) -> Users:
    """Whose messages they are: the program's, those of a library's own machinery, of a connection's authentication.

    Modules whose names end in `through` only hand on what others ask for.
    """
    frame: Any = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if frame.f_code.co_name in _HANDSHAKE and module.endswith(".connection"):
            return Users.HANDSHAKE
        if not module.startswith("procscope.runtime.") and not module.endswith(through):
            return Users.LIBRARY if module.startswith(_MACHINERY) else Users.PROGRAM
        frame = frame.f_back
    return Users.PROGRAM


def _socket(role: str) -> Any:
    def make(original: Any) -> Any:
        def opened(*args: Any, **options: Any) -> Any:
            try:
                connection = original(*args, **options)
            except BaseException as error:
                patches.hide(error)
                raise
            told(_fresh, connection, role)
            return connection

        return opened

    return make


def _fresh(connection: Any, role: str) -> None:
    """A socket of this process: told now, counted from its first use after the handshake."""
    if user() is Users.PROGRAM:
        name, site = boards.called()
        boards.born(wires.uid_at(connection._handle), _CONNECTION, name=name, site=site, role=role)


def told(act: Any, *args: Any) -> None:
    """Do something of ours, guarded; nothing while nothing is observed."""
    if recorder.run and GROUP not in patches.off:
        try:
            act(*args)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise


def _pipe(original: Any) -> Any:
    def Pipe(duplex: bool = True) -> Any:
        try:
            ends = original(duplex)
        except BaseException as error:
            patches.hide(error)
            raise
        told(_made, ends, duplex)
        return ends

    return Pipe


def _made(ends: tuple[Any, Any], duplex: bool) -> None:
    """Two inodes make a pipe that goes both ways: it is a primitive of its own, of which they are parts."""
    if user() is not Users.PROGRAM:
        return
    if not duplex:
        ends[0]._procscope = ends[1]._procscope = wires.born(Wire(_PIPE), ends[0]._handle)
        return
    name, site = boards.called()
    uid = identity.new_uid()
    boards.born(uid, _PIPE, name=name, site=site)
    for end, role in zip(ends, ("first end", "second end"), strict=True):
        end._procscope = wires.born(Wire(_CONNECTION), end._handle, owner=uid, role=role)
