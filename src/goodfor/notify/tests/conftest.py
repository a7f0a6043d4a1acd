"""Stand-ins that run for the session, and a shop whose every truth must stand after each test."""

from collections.abc import Iterator

import pytest
from django.db import connection

from goodfor.kernel.clock import utc_now
from goodfor.notify.tests.world import World, violated
from goodfor.sandbox.notify.server import RunningDesk, running_desk


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with running_desk(tmp_path_factory.mktemp("letters")) as running:
        yield running


@pytest.fixture
def world(running: RunningDesk) -> Iterator[World]:
    """A shop of its own; the true time, since stand-ins check it too."""
    running.desk.faults.reset()
    yield World(running, utc_now())
    running.desk.faults.reset()


@pytest.fixture(autouse=True)
def _audit(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test with a database every truth of notify holds, unless the test plants a violation."""
    yield
    marked = request.node.get_closest_marker("django_db") is not None
    if marked and "planted" not in request.node.name and not connection.needs_rollback:
        assert violated(utc_now()) == {}
