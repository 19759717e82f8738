"""Errors procscope raises on purpose. The message is one sentence: what was wrong, what to do."""

from __future__ import annotations


class ProcscopeError(Exception):
    """Root of every error procscope raises to its own callers; never raised into a user's program."""

    exit_code = 2


class BadSettingError(ProcscopeError):
    """A setting, flag or environment variable has a value procscope cannot use."""


class BadQueryError(ProcscopeError):
    """A task query does not follow the grammar; the message names the offending word."""


class NotFoundError(ProcscopeError):
    """A run, process or task was asked for by an id that the database does not hold."""

    exit_code = 1


class StoreError(ProcscopeError):
    """The database is unreachable, read-only, damaged, or of a later version."""


class SpoolError(ProcscopeError):
    """The spool directory is missing, not writable, or not ours."""


class JournalError(ProcscopeError):
    """A journal segment's header cannot be read as one of ours."""


class ServeError(ProcscopeError):
    """The dashboard cannot start: the port is in use or the address is not ours."""
