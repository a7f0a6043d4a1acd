"""A gateway that runs for the session, and a shop for each test that must leave every truth standing."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from goodfor.kernel.clock import utc_now
from goodfor.payments.tests.world import Inlet, World, violated
from goodfor.sandbox.server import RunningGateway, running_gateway


@pytest.fixture
def inlet() -> Iterator[Inlet]:
    inlet = Inlet()
    thread = threading.Thread(target=inlet.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield inlet
    inlet.server.shutdown()
    inlet.server.server_close()
    thread.join()


@pytest.fixture
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with running_gateway(tmp_path_factory.mktemp("books"), retry_seconds=(0.0, 0.05, 0.05)) as running:
        yield running


@pytest.fixture
def world(gate: RunningGateway, inlet: Inlet) -> World:
    # The true time: version 2 of the protocol checks it on both sides.
    return World(gate, inlet, utc_now())


@pytest.fixture(autouse=True)
def _audit(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test with a database every truth of payments holds, unless the test plants a violation."""
    yield
    marked = request.node.get_closest_marker("django_db") is not None
    if marked and "planted" not in request.node.name and not connection.needs_rollback:
        assert violated(utc_now()) == {}
