"""The bench itself, small: that it measures what it says, not how fast this machine is."""

import pytest

from goodfor.vault.bench_import import run
from goodfor.vault.tests.factories import rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_imports_twice_and_compares_with_plain_copy() -> None:
    figures = run(json=True, rows=2000)
    assert rows("SELECT state, count(*) FROM vault_code GROUP BY state") == [(0, 4000)]
    assert figures["rows"] == 2000
    for name in ("import_seconds", "plain_copy_seconds", "ratio_to_plain_copy", "slowdown_with_as_many_held"):
        assert figures[name] > 0
    assert rows("SELECT to_regclass('vault_bench_copy')::text") == [(None,)]
