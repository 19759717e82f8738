"""The first schema: runs, processes, pools, batches, tasks, failures, samples, rollups and the journals' offsets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table in a database that has none."""
    for create in (
        _runs,
        _processes,
        _pools,
        _batches,
        _functions,
        _tasks,
        _failures,
        _samples,
        _pool_samples,
        _host_samples,
        _task_rollups,
        _duration_rollups,
        _drops,
        _journals,
        _open_chunks,
        _collectors,
        _sequences,
    ):
        create()


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("argv", sa.Text(), nullable=False),
        sa.Column("cwd", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("user", sa.Text(), nullable=True),
        sa.Column("python", sa.String(length=32), nullable=True),
        sa.Column("start_method", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("started_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("finished_us", sa.BigInteger(), nullable=True),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("running", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("succeeded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lost", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("workers", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("dropped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("rev", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )


def _processes() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("uid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("pool_id", sa.BigInteger(), nullable=True),
        sa.Column("pid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("start_ticks", sa.BigInteger(), nullable=True),
        sa.Column("boot_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("daemon", sa.Boolean(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("args", sa.Text(), nullable=True),
        sa.Column("start_method", sa.String(length=16), nullable=True),
        sa.Column("python", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("signal", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("tasks_done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("current_task", sa.BigInteger(), nullable=True),
        sa.Column("current_func", sa.BigInteger(), nullable=True),
        sa.Column("current_index", sa.BigInteger(), nullable=True),
        sa.Column("current_since_us", sa.BigInteger(), nullable=True),
        sa.Column("current_args", sa.Text(), nullable=True),
        sa.Column("cpu", sa.Float(), nullable=True),
        sa.Column("rss", sa.BigInteger(), nullable=True),
        sa.Column("uss", sa.BigInteger(), nullable=True),
        sa.Column("threads", sa.Integer(), nullable=True),
        sa.Column("fds", sa.Integer(), nullable=True),
        sa.Column("os_state", sa.String(length=16), nullable=True),
        sa.Column("rev", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("processes_of_run", "processes", ["run_id", "id"], unique=False)
    op.create_index("processes_pid", "processes", ["pid", "id"], unique=False)
    op.create_index("processes_rev", "processes", ["rev"], unique=False)


def _pools() -> None:
    op.create_table(
        "pools",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("uid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("process_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("start_method", sa.String(length=16), nullable=True),
        sa.Column("max_tasks", sa.Integer(), nullable=True),
        sa.Column("initializer", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("opened_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("running", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("succeeded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lost", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("workers_started", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("progress_us", sa.BigInteger(), nullable=True),
        sa.Column("rev", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pools_of_run", "pools", ["run_id", "id"], unique=False)
    op.create_index("pools_rev", "pools", ["rev"], unique=False)


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pool_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("func_id", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.String(length=24), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("chunksize", sa.BigInteger(), nullable=True),
        sa.Column("submitted_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("finished_us", sa.BigInteger(), nullable=True),
        sa.Column("running", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("succeeded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lost", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("folded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("busy_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rev", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("batches_of_run", "batches", ["run_id", "id"], unique=False)
    op.create_index("batches_rev", "batches", ["rev"], unique=False)


def _functions() -> None:
    op.create_table(
        "functions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pool_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("item_index", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("func_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("process_id", sa.BigInteger(), nullable=True),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("args", sa.Text(), nullable=True),
        sa.Column("submitted_us", sa.BigInteger(), nullable=True),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("finished_us", sa.BigInteger(), nullable=True),
        sa.Column("duration_us", sa.BigInteger(), nullable=True),
        sa.Column("failure_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rev", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("tasks_of_func", "tasks", ["func_id", "id"], unique=False)
    op.create_index("tasks_of_process", "tasks", ["process_id", "id"], unique=False)
    op.create_index("tasks_of_run", "tasks", ["run_id", "id"], unique=False)
    op.create_index(
        "tasks_open",
        "tasks",
        ["run_id", "id"],
        unique=False,
        sqlite_where=sa.text("state < 2"),
        postgresql_where=sa.text("state < 2"),
    )
    op.create_index(
        "tasks_slow",
        "tasks",
        ["duration_us"],
        unique=False,
        sqlite_where=sa.text("duration_us >= 100000"),
        postgresql_where=sa.text("duration_us >= 100000"),
    )
    op.create_index(
        "tasks_unusual",
        "tasks",
        ["state", "id"],
        unique=False,
        sqlite_where=sa.text("state NOT IN (0, 2)"),
        postgresql_where=sa.text("state NOT IN (0, 2)"),
    )


def _failures() -> None:
    op.create_table(
        "failures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("func_id", sa.BigInteger(), nullable=True),
        sa.Column("process_id", sa.BigInteger(), nullable=True),
        sa.Column("at_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("raised", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("rev", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("failures_of_run", "failures", ["run_id", "id"], unique=False)
    op.create_index("failures_rev", "failures", ["rev"], unique=False)


def _samples() -> None:
    op.create_table(
        "samples",
        sa.Column("process_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at_s", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cpu", sa.Float(), nullable=True),
        sa.Column("rss", sa.BigInteger(), nullable=True),
        sa.Column("uss", sa.BigInteger(), nullable=True),
        sa.Column("read_bytes", sa.BigInteger(), nullable=True),
        sa.Column("write_bytes", sa.BigInteger(), nullable=True),
        sa.Column("threads", sa.Integer(), nullable=True),
        sa.Column("fds", sa.Integer(), nullable=True),
        sa.Column("switches", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("process_id", "step", "at_s"),
        sqlite_with_rowid=False,
    )


def _pool_samples() -> None:
    op.create_table(
        "pool_samples",
        sa.Column("pool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at_s", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("depth", sa.BigInteger(), nullable=True),
        sa.Column("running", sa.BigInteger(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("pool_id", "step", "at_s"),
        sqlite_with_rowid=False,
    )


def _host_samples() -> None:
    op.create_table(
        "host_samples",
        sa.Column("host", sa.String(length=128), nullable=False),
        sa.Column("step", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at_s", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cpu", sa.Float(), nullable=True),
        sa.Column("memory_used", sa.BigInteger(), nullable=True),
        sa.Column("memory_total", sa.BigInteger(), nullable=True),
        sa.Column("memory_limit", sa.BigInteger(), nullable=True),
        sa.Column("oom_kills", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("host", "step", "at_s"),
        sqlite_with_rowid=False,
    )


def _task_rollups() -> None:
    op.create_table(
        "task_rollups",
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("func_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("busy_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wait_us", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("minute", "run_id", "pool_id", "func_id", "state"),
        sqlite_with_rowid=False,
    )
    op.create_index("task_rollups_of_func", "task_rollups", ["func_id", "minute"], unique=False)
    op.create_index("task_rollups_of_run", "task_rollups", ["run_id", "minute"], unique=False)


def _duration_rollups() -> None:
    op.create_table(
        "duration_rollups",
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("func_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("minute", "run_id", "pool_id", "func_id", "bucket"),
        sqlite_with_rowid=False,
    )
    op.create_index("duration_rollups_of_func", "duration_rollups", ["func_id", "minute"], unique=False)
    op.create_index("duration_rollups_of_pool", "duration_rollups", ["pool_id", "minute"], unique=False)


def _drops() -> None:
    op.create_table(
        "drops",
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("n", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_us", sa.BigInteger(), nullable=True),
        sa.Column("last_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "process_id", "reason"),
        sqlite_with_rowid=False,
    )


def _journals() -> None:
    op.create_table(
        "journals",
        sa.Column("journal", sa.String(length=32), nullable=False),
        sa.Column("region", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("process_id", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("journal", "region"),
    )


def _open_chunks() -> None:
    op.create_table(
        "open_chunks",
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("base", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("run_id", "pool_id", "number"),
    )


def _collectors() -> None:
    op.create_table(
        "collectors",
        sa.Column("host", sa.String(length=128), nullable=False),
        sa.Column("spool", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=True),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("seen_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("host", "spool"),
    )


def _sequences() -> None:
    op.create_table(
        "sequences",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
