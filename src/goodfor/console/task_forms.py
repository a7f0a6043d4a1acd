"""Tasks as their form shows them, and what was typed as tasks. Nothing is judged here."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.console.money_fields import minor_of, plain, text_of, whole_of
from goodfor.kernel.ids import uuid7
from goodfor.loyalty.types import Task, TaskSet

ROWS: Final = 20
#: Empty rows below the tasks that there are.
SPARE: Final = 2
#: Fields of a task, in the form `kind_0` for the first. A row without a kind is no task.
FIELDS: Final = ("kind", "points", "every", "need", "least", "since", "until", "automatic", "bought", "key")


def tasks_typed(sent: Mapping[str, str], currency: str) -> tuple[TaskSet, list[int]]:
    """The tasks that were typed, and in which row of the form each stands. Raises InvalidInput with the field."""
    rows = [n for n in range(ROWS) if text_of(sent, f"kind_{n}", 12)]
    tasks = tuple(_task(sent, n, currency) for n in rows)
    return TaskSet(tasks, whole_of(sent, "day_most", 0, 10**7)), rows


def _task(sent: Mapping[str, str], n: int, currency: str) -> Task:
    return Task(
        # What it has brought stands under its key: a new task has a new one.
        key=text_of(sent, f"key_{n}", 12) or uuid7().hex[-8:],
        kind=text_of(sent, f"kind_{n}", 12),
        points=whole_of(sent, f"points_{n}", 0, 10**6),
        every=text_of(sent, f"every_{n}", 10),
        need=whole_of(sent, f"need_{n}", 0, 1_000) or 1,
        least_minor=minor_of(sent, f"least_{n}", currency),
        since=text_of(sent, f"since_{n}", 10),
        until=text_of(sent, f"until_{n}", 10),
        automatic=f"automatic_{n}" in sent,
        bought=f"bought_{n}" in sent,
    )


def tasks_shown(tasks: TaskSet, currency: str) -> dict[str, str]:
    """Tasks as their form shows them."""
    found = {"day_most": str(tasks.day_most or "")}
    for n, task in enumerate(tasks.tasks):
        ticks = {"automatic": task.automatic, "bought": task.bought}
        found |= {
            f"kind_{n}": task.kind, f"points_{n}": str(task.points), f"every_{n}": task.every,
            f"need_{n}": str(task.need), f"least_{n}": plain(task.least_minor, currency) if task.least_minor else "",
            f"since_{n}": task.since, f"until_{n}": task.until, f"key_{n}": task.key,
            **{f"{name}_{n}": "on" for name, on in ticks.items() if on},
        }  # fmt: skip
    return found


def task_rows(typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The form's rows: those with something in them and two more. A new task is for who has bought something."""
    used = [n for n in range(ROWS) if typed.get(f"kind_{n}") or typed.get(f"points_{n}")]
    last = max(used, default=-1) + 1
    return [
        {
            "n": n,
            "number": n + 1,
            **{name: typed.get(f"{name}_{n}", "") for name in FIELDS},
            "bought": f"bought_{n}" in typed or n not in used,
            "wrong": {name: errors.get(f"{name}_{n}", "") for name in FIELDS},
        }
        for n in range(min(ROWS, last + SPARE))
    ]


def in_form(field: str, rows: list[int]) -> str:
    """What the room calls `tasks.2.points`, as the form calls it."""
    parts = field.split(".")
    if len(parts) == 3 and parts[0] == "tasks" and parts[1].isdigit() and int(parts[1]) < len(rows):
        name = "least" if parts[2] == "least_minor" else parts[2]
        return f"{name}_{rows[int(parts[1])]}"
    return field
