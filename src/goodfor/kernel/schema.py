"""Run a room's sql/schema/*.sql files from its migrations."""

from collections.abc import Sequence
from importlib import resources

from django.db import migrations

PREAMBLE = "SET LOCAL lock_timeout = '5s';\n"


def run_files(package: str, *, forward: Sequence[str], backward: Sequence[str] = ()) -> migrations.RunSQL:
    """A RunSQL of the named files under `sql/schema/`, with a lock timeout so that a migration never blocks a shop."""
    folder = resources.files(package).joinpath("sql/schema")

    def text(names: Sequence[str]) -> str:
        return PREAMBLE + "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)

    return migrations.RunSQL(text(forward), text(backward) if backward else migrations.RunSQL.noop)
