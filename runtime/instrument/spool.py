"""Where the spool is, from PROCSCOPE_* alone. The same rule as `Settings.spool`, without what that imports."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def path(environ: Mapping[str, str]) -> str:
    """The spool directory, absolute; a database of its own (PROCSCOPE_DB) has a spool of its own."""
    home = os.path.abspath(environ.get("PROCSCOPE_STATE_DIR") or _default_home())
    db = environ.get("PROCSCOPE_DB", "")
    if not db:
        return os.path.join(home, "spool")
    url = db if "://" in db else "sqlite:///" + os.path.abspath(db)
    return os.path.join(home, "spool-" + _sha256(url.encode("utf-8", "surrogateescape"))[:12])


def _default_home() -> str:
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "procscope")


def _sha256(data: bytes) -> str:
    # hashlib would load OpenSSL into every interpreter that starts.
    for module in ("_sha2", "_sha256"):
        try:
            digest: str = __import__(module).sha256(data).hexdigest()
        except (ImportError, AttributeError):
            continue
        return digest
    import hashlib

    return hashlib.sha256(data).hexdigest()
