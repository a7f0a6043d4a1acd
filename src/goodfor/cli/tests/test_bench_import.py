"""The bench of imports itself, small: that it measures what it says, not how fast this machine is."""

import pytest
from django.db import connection

from goodfor.cli.bench.importing import measure
from goodfor.kernel.tenancy import platform_job

pytestmark = pytest.mark.django_db(transaction=True)


def rows(sql: str) -> list[tuple[object, ...]]:
    with platform_job("a look at the bench"), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_it_imports_twice_and_compares_with_plain_copy() -> None:
    figures = measure(rows=2000, quiet=True)
    assert rows("SELECT state, count(*) FROM vault_code GROUP BY state") == [(0, 4000)]
    assert figures["rows"] == 2000
    for name in ("import_seconds", "plain_copy_seconds", "ratio_to_plain_copy", "slowdown_with_as_many_held"):
        assert figures[name] > 0
    assert rows("SELECT to_regclass('vault_bench_copy')::text") == [(None,)]
