"""The process that runs DuckDB: one JSON request a line in, one JSON answer a line out. Alone, without the house.

Started by `apart.py` as a file (`python -I child.py FOLDER SPILL`): it imports nothing of Goodfor, is told no
environment, and DuckDB itself may read and write in the one folder alone (SPILL is inside of it) and load nothing.
"""

import json
import os
import sys
from contextlib import suppress
from typing import Any, Final

import duckdb

#: Bounds of one process.
MEMORY: Final = "512MB"
THREADS: Final = 2
SPILL: Final = "8GB"


def opened(folder: str, spill: str) -> Any:
    """DuckDB in memory, shut in the folder."""
    base: Any = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": THREADS})
    for setting in (
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        f"SET temp_directory = {quoted(spill)}",
        f"SET max_temp_directory_size = {quoted(SPILL)}",
        "SET preserve_insertion_order = false",
        f"SET allowed_directories = [{quoted(folder)}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        base.execute(setting)
    return base


def quoted(text: str) -> str:
    """As a text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def write(base: Any, wish: dict[str, Any]) -> dict[str, Any]:
    """Turn a CSV into Parquet; how many rows it has. Names of columns and files are ours alone."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in wish["columns"])
    source = (
        f"read_csv($csv, header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        f" nullstr = '\\N', columns = {{{columns}}})"
    )
    base.execute(
        f"COPY (SELECT * FROM {source}) TO {quoted(wish['out'])} (FORMAT parquet, COMPRESSION zstd)",  # noqa: S608
        {"csv": wish["csv"]},
    )
    [count] = base.execute("SELECT count(*) FROM read_parquet($out)", {"out": wish["out"]}).fetchone()
    return {"rows": count}


def ask(base: Any, wish: dict[str, Any]) -> dict[str, Any]:
    """The rows of a question, at most `most` and one: so that whoever asked sees that there are more."""
    found = base.execute(wish["sql"], wish["params"]).fetchmany(wish["most"] + 1)
    return {"rows": found}


def main(folder: str, spill: str) -> None:
    """Answer until nobody asks any more."""
    with suppress(OSError, AttributeError):
        os.nice(10)
    base = opened(folder, spill)
    for line in sys.stdin:
        wish = json.loads(line)
        try:
            answer = write(base, wish) if wish["do"] == "write" else ask(base, wish)
        except duckdb.OutOfMemoryException:
            answer = {"problem": "memory"}
        except duckdb.Error as error:
            answer = {"problem": type(error).__name__, "detail": str(error)[:500]}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
