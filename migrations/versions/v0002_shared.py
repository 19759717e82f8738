"""What processes share, how a task's time splits, what was logged: primitives, logs, and columns beside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COUNTED = {
    "processes": ("busy_us", "idle_us", "sending_us", "receiving_us", "lock_us", "calls"),
    "batches": ("chunks", "wait_us", "arrived", "transfer_us", "bytes_in", "bytes_out"),
    "task_rollups": ("arrived", "transfer_us", "bytes_in", "bytes_out"),
}
_KNOWN_OR_NOT = {
    "tasks": ("arrived_us", "bytes_in", "bytes_out", "progress_done", "progress_total"),
    "processes": ("orphaned_us", "zombie_us", "last_us"),
    "pools": ("first_us",),
}
_TEXTS = {
    "tasks": ("progress_text",),
    "processes": ("unobserved",),
    "pools": ("retired", "initializer_error", "note", "unobserved"),
    "failures": ("thread",),
}


def upgrade() -> None:
    """Add what version 0001 lacks; nothing of it is rewritten."""
    for table, names in _COUNTED.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    for table, names in _KNOWN_OR_NOT.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=True))
    for table, names in _TEXTS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.Text(), nullable=True))
    for create in (_logs, _primitives, _primitive_uses, _holds, _channel_samples):
        create()


def _id() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=False, nullable=False)


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _logs() -> None:
    op.create_table(
        "logs",
        _id(),
        _count("run_id"),
        _big("process_id"),
        _big("task_id"),
        _count("at_us"),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("logger", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        _count("rev"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("logs_of_run", "logs", ["run_id", "id"], unique=False)
    op.create_index("logs_of_task", "logs", ["task_id", "id"], unique=False)


def _primitives() -> None:
    op.create_table(
        "primitives",
        _id(),
        _count("run_id"),
        _count("uid"),
        _big("owner_uid"),
        sa.Column("role", sa.String(length=24), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        _big("process_id"),
        _big("created_us"),
        _big("size"),
        sa.Column("state", sa.String(length=10), nullable=False),
        _big("depth"),
        _big("unfinished"),
        _count("rev"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("primitives_of_run", "primitives", ["run_id", "id"], unique=False)
    op.create_index("primitives_rev", "primitives", ["rev"], unique=False)


def _primitive_uses() -> None:
    op.create_table(
        "primitive_uses",
        _key("primitive_id"),
        _key("process_id"),
        _count("run_id"),
        _count("acquired"),
        _count("released"),
        _count("contended"),
        _count("items_in"),
        _count("items_out"),
        _count("bytes_in"),
        _count("bytes_out"),
        _count("calls"),
        _count("wait_us"),
        _count("blocked_us"),
        _count("hold_us"),
        sa.Column("waits", sa.Text(), nullable=True),
        sa.Column("holds", sa.Text(), nullable=True),
        _big("last_us"),
        _count("rev"),
        _count("done"),
        _count("signals"),
        sa.PrimaryKeyConstraint("primitive_id", "process_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("primitive_uses_of_run", "primitive_uses", ["run_id", "primitive_id"], unique=False)


def _holds() -> None:
    op.create_table(
        "holds",
        _key("primitive_id"),
        _key("process_id"),
        _key("thread"),
        sa.Column("what", sa.String(length=8), nullable=False),
        _count("run_id"),
        _count("since_us"),
        sa.Column("site", sa.Text(), nullable=True),
        _count("rev"),
        sa.PrimaryKeyConstraint("primitive_id", "process_id", "thread", "what"),
        sqlite_with_rowid=False,
    )
    op.create_index("holds_of_run", "holds", ["run_id"], unique=False)


def _channel_samples() -> None:
    op.create_table(
        "channel_samples",
        _key("primitive_id"),
        sa.Column("step", sa.SmallInteger(), autoincrement=False, nullable=False),
        _key("at_s"),
        _big("depth"),
        _big("items_in"),
        _big("items_out"),
        sa.PrimaryKeyConstraint("primitive_id", "step", "at_s"),
        sqlite_with_rowid=False,
    )
