"""A market for the tests of supply."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.invariants import REGISTRY
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.tests.market import Market, market, spent

_ROOMS = ("supply", "vault", "ledger")


def broken_truths() -> list[tuple[str, object]]:
    """Which truths of buying do not hold."""
    with platform_job("audit"), transaction.atomic():
        results = [invariants.run(one, utc_now()) for one in REGISTRY if one.room in _ROOMS]
    return [(result.invariant.name, result.violations) for result in results if not result.ok]


@pytest.fixture
def fair(transactional_db: None) -> Iterator[Market]:
    """A shop with a sandbox of suppliers; afterwards the truths of buying hold."""
    with market() as found:
        yield found
        for site in found.sites.values():
            assert spent(site) >= 0
    assert broken_truths() == []
