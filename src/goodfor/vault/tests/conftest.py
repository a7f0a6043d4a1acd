"""Fixtures of the vault's tests."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.kernel import invariants
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.invariants import INVARIANTS


@pytest.fixture
def shop() -> UUID:
    return uuid4()


@pytest.fixture
def sku() -> UUID:
    return uuid4()


@pytest.fixture(autouse=True)
def _audit(request: pytest.FixtureRequest, now: datetime) -> Iterator[None]:
    """After each test with a database, every truth of the vault holds, unless the test plants a violation."""
    yield
    marked = request.node.get_closest_marker("django_db") is not None
    if marked and not connection.needs_rollback and "planted" not in request.node.name:
        assert violated(now) == {}


def violated(now: datetime) -> dict[str, tuple[tuple[str, str], ...]]:
    """Invariants that do not hold, with what violates them."""
    connection.ensure_connection()
    with platform_job("audit in a test"):
        results = [invariants.run(invariant, now) for invariant in INVARIANTS]
    return {result.invariant.name: result.violations for result in results if not result.ok}
