"""Secrets never reach the journal."""

from __future__ import annotations

import pytest

from procscope.runtime.instrument import scrub


@pytest.mark.parametrize(
    "name",
    ["password", "db_password", "userPassword", "token", "access_token", "API_KEY", "apiKey", "secret", "client_secret",
     "authorization", "private_key", "aws_secret_access_key", "passwd", "session_id", "cookie", "authkey", "X-Api-Key"],
)  # fmt: skip
def test_secret_names(name: str) -> None:
    """A parameter called that held a credential."""
    assert scrub.is_secret(name)


@pytest.mark.parametrize("name", ["path", "key", "author", "tokens", "max_tokens", "token_count", "n", "keys", "basic"])
def test_plain_names(name: str) -> None:
    """An ordinary parameter was hidden from the person who debugs."""
    assert not scrub.is_secret(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-123456", "Authorization: *** ***"),
        ("bearer abcdefgh1234", "bearer ***"),
        ("AKIAIOSFODNN7EXAMPLE", "***"),
        ("postgres://bob:hunter2@db/x", "postgres://bob:***@db/x"),
        ("redis://:hunter2@h:6379", "redis://:***@h:6379"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "***"),
        ("sk-proj-abcdefghijklmnop1234", "***"),
        ("password=hunter2 user=bob", "password=*** user=bob"),
        ('{"api_key": "abc123"}', '{"api_key": "***"}'),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def", "***"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "***"),
        ("-----BEGIN PRIVATE KEY-----\\nMIIEcut off", "***"),
        ("http://host:80/path", "http://host:80/path"),
        ("plain text, 4 words", "plain text, 4 words"),
    ],
)
def test_values_that_look_like_secrets(text: str, shown: str) -> None:
    """A credential in the middle of an argument or a message."""
    assert scrub.text(text) == shown


def test_command_lines() -> None:
    """A password given on the command line was on the dashboard."""
    given = ["job.py", "--password", "hunter2", "--token=abc", "--name", "x", "-v"]
    assert scrub.words(given) == ["job.py", "--password", "***", "--token=***", "--name", "x", "-v"]
