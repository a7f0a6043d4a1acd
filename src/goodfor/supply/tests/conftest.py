"""A market for the tests of supply."""

from collections.abc import Iterator

import pytest

from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.supply.tests.market import Market, market


@pytest.fixture
def fair(transactional_db: None) -> Iterator[Market]:
    """A shop with a sandbox of suppliers; afterwards the truths of buying hold."""
    with market() as found:
        yield found
        for site in found.sites.values():
            assert site.spent >= 0
        rooms = ("supply", "vault", "ledger")
        broken = [
            (result.invariant.name, result.violations)
            for result in invariants.run_all(utc_now())
            if not result.ok and result.invariant.room in rooms
        ]
        assert broken == []
