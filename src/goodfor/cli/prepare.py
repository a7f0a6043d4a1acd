"""Brings the database of an installation up to date before anything is served from it."""

from collections.abc import Callable
from typing import Any

import psycopg
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from goodfor.cli.errors import CliError

# One starter at a time, also when several machines start on the same DATABASE_URL.
MIGRATION_LOCK = 0x600DF02
LOCK_WAIT = "10min"
#: What a busy Goodfor may open, with room for a person and a backup; the embedded server allows more.
CONNECTIONS = 200


class _Migrate(migrate.Command):
    """Django's migrate that tells how far it is instead of printing."""

    on_migration: Callable[[str], None]

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:  # noqa: ARG002
        """Called by the executor around each migration."""
        if action == "apply_start":
            self.on_migration(str(migration))


def pending() -> list[str]:
    """The migrations not applied yet, in order."""
    executor = MigrationExecutor(connection)
    return [str(item) for item, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def migrate_database(console: Console) -> int:
    """Apply what is pending, with a progress bar; returns how many. Django must be set up. Raises CliError."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_WAIT}'")
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            cursor.execute("RESET lock_timeout")
        names = pending()
        if names:
            _apply(console, len(names))
        return len(names)
    except psycopg.Error as error:
        raise CliError(
            f"数据库升级失败：{_first_line(error)}", f"migrating the database failed: {_first_line(error)}"
        ) from error
    finally:
        # Closing gives the lock back whatever happened.
        connection.close()


def few_connections() -> str | None:
    """A word to the operator of a database of his own that has room for fewer than Goodfor may open; None: enough.

    Each loop of the worker, each hand of its crews and each thread of the web may hold one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        most = int(cursor.fetchone()[0])
    if most >= CONNECTIONS:
        return None
    return (
        f"数据库只允许 {most} 个连接，忙时可能不够；请把 max_connections 设为 {CONNECTIONS} 以上 / too few connections"
    )


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0]


def _apply(console: Console, total: int) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[at]}"))
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("数据库升级 / migrating", total=total, at="")
        seen = 0

        def show(name: str) -> None:
            nonlocal seen
            progress.update(bar, completed=seen, at=name)
            seen += 1

        command = _Migrate()
        command.on_migration = show
        call_command(command, verbosity=0, interactive=False, skip_checks=True)
        progress.update(bar, completed=total, at="")
