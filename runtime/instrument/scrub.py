"""Secrets, by the name they are bound to and by what they look like: taken out before a byte is written."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "***"
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORDS = frozenset({
    "password", "passwords", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "token", "authorization",
    "credential", "credentials", "cookie", "cookies", "jwt", "bearer", "auth", "apikey", "authkey", "dsn",
})  # fmt: skip
_SECRET_PAIRS = re.compile(
    r"(api|private|access|secret|auth|signing|encryption|account|shared|session|master)_?(key|id)$"
)
_PLAIN_PAIRS = re.compile(
    r"token_(count|counts|ids|index|indices|len|length|limit|type|types|size)$|(access|account)_?id$"
)
_INSIDE = re.compile(
    r"passw|passphrase|secret|apikey|authkey|privatekey|accesskey|accesstoken|authtoken|refreshtoken|credential"
)
_known: dict[str, bool] = {}
_KEY = r"[\w-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization)"
_PATTERNS = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.S), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)(\s+)[\w\-.~+/=]{6,}"), r"\1\2" + HIDDEN),
    (re.compile(r"(://[^\s/:@'\"]*:)[^\s'\"]+@"), r"\1" + HIDDEN + "@"),
    (re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}"), HIDDEN),
    (re.compile(r"\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?"), HIDDEN),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|npm_|pypi-|hf_|sk-|AIza)[\w-]{12,}"), HIDDEN),
    (re.compile(r"\b[sr]k_(?:live|test)_\w{8,}"), HIDDEN),
    (re.compile(r"(?i)\b(" + _KEY + r"(?:\\?['\"])?\s*[=:]\s*(?:\\?['\"])?)(?!\*\*\*)[^\s'\",;&}\\]+"), r"\1" + HIDDEN),
)
_MARKS = re.compile(
    r"://|-----b|akia|asia|aroa|aida|aiza|eyj|gh[pousr]_|_pat_|glpat|xox|npm_|pypi|hf_|sk-|[sr]k_|bearer|basic|passw"
    r"|passphrase|pwd|secret|token|[aise]_?-?key|authoriz"
)


def is_secret(name: str) -> bool:
    """Whether a parameter or key of that name holds a secret."""
    known = _known.get(name)
    if known is None:
        if len(_known) > 2048:
            _known.clear()
        known = _known[name[:200]] = _means_secret(name[:200])
    return known


def _means_secret(name: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(name)]
    joined = "_".join(words)
    if _PLAIN_PAIRS.search(joined):
        return False
    return bool(not _SECRET_WORDS.isdisjoint(words) or _SECRET_PAIRS.search(joined) or _INSIDE.search("".join(words)))


def suspicious(text: str) -> bool:
    """A cheap first look: False means that no pattern can match."""
    return _MARKS.search(text.lower()) is not None


def text(value: str) -> str:
    """`value` with everything that looks like a secret hidden."""
    if not suspicious(value):
        return value
    for pattern, shown in _PATTERNS:
        value = pattern.sub(shown, value)
    return value


def words(argv: Iterable[str]) -> list[str]:
    """A command line with secrets hidden: --password X, --token=X, and what looks like one."""
    shown: list[str] = []
    hide = False
    for word in argv:
        if hide and not word.startswith("-"):
            shown.append(HIDDEN)
            hide = False
            continue
        name, equals, value = word.lstrip("-").partition("=")
        hide = word.startswith("-") and not equals and is_secret(name)
        secret_value = bool(equals and value and is_secret(name))
        shown.append(word[: len(word) - len(value)] + HIDDEN if secret_value else text(word))
    return shown
