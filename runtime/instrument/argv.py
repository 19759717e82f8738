"""The command line as it may be shown."""

from __future__ import annotations

import sys

_MOST = 32
_LONGEST = 200
_SECRET = ("pass", "secret", "token", "key", "auth", "cred", "://", "bearer", "begin")


def shown() -> tuple[str, ...]:
    """This process's arguments without the interpreter, cut short, secrets taken out."""
    words = [word[:_LONGEST] for word in sys.orig_argv[1 : _MOST + 1]]
    # Loading `re` for every interpreter would cost more than the rest of start-up.
    if any(sign in word.lower() for word in words for sign in _SECRET):
        from procscope.runtime.instrument import scrub

        return tuple(scrub.words(words))
    return tuple(words)
