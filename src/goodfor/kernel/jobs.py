"""Background jobs: rows in PostgreSQL (procrastinate), enqueued in the transaction of their cause.

Its insert sends a NOTIFY, which takes a database-wide lock at commit: never enqueue on the hot path, use a loop there.
"""

from procrastinate.contrib.django import app

task = app.task
__all__ = ["app", "task"]
