"""After each test with a database, the truths of delivery and of the vault hold, unless it planted a violation."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection

from goodfor.delivery.tests.factories import violated


@pytest.fixture(autouse=True)
def _audit(request: pytest.FixtureRequest, now: datetime) -> Iterator[None]:
    yield
    marked = request.node.get_closest_marker("django_db") is not None
    if marked and not connection.needs_rollback and "planted" not in request.node.name:
        assert violated(now) == {}
