"""Fixtures for every room's tests."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.core.servers.basehttp import WSGIServer
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from goodfor.config import tenancy_check
from goodfor.kernel import crypto, ids
from goodfor.kernel.tests import emptying

#: Nothing is thrown away while rooms and tests are imported, and little of what a test makes goes in circles.
gc.disable()
gc.set_threshold(50_000, 20, 20)


#: More than all statements of the house.
PREPARED = 5_000


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def now() -> datetime:
    """A fixed instant: time is always passed in."""
    return datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_keyring() -> None:
    """Each test's database has its own data keys."""
    crypto.forget_keys()


@pytest.fixture(autouse=True)
def _ids_are_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that told a later hour made ids of it: the next one begins where the clock stands."""
    monkeypatch.setattr(ids, "_last_ticks", 0)


@pytest.fixture(autouse=True)
def _rules_of_others_are_forgotten() -> None:
    """A snapshot brings back the ids of another test: what a process keeps by id would be taken for its own."""
    import_module("goodfor.risk.rule_cache").forget()
    import_module("goodfor.promotions.plan_cache").forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:  # noqa: ARG001
    """The test database, left by all before it is dropped."""
    yield
    emptying.leave()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_guards() -> None:
    """Empty what a committing test has written, past the triggers of append-only tables, which stand in every test."""

    def teardown(_self: TransactionTestCase) -> None:
        emptying.empty()

    def reload(_self: TransactionTestCase) -> bool:
        # Django opens another connection for each test: a new process of the server, which reads the catalogue of all
        # tables again and plans each statement again. What a test may have left in a session is put back instead.
        return not emptying.as_new()

    case: Any = TransactionTestCase
    case._fixture_teardown = teardown
    case._should_reload_connections = reload


@pytest.fixture(autouse=True, scope="session")
def _shops_are_kept_apart() -> None:
    """Every statement of the suite is watched: one on a shop's tables that names no shop fails its test."""
    tenancy_check.install()


@pytest.fixture(autouse=True, scope="session")
def _what_was_prepared_stays_so() -> None:
    """One process asks thousands of different statements, in turn: of the last hundred none would come again."""

    def keep(*, connection: BaseDatabaseWrapper, **_: object) -> None:
        connection.connection.prepared_max = PREPARED

    connection_created.connect(keep, weak=False, dispatch_uid="tests.prepared")


@pytest.fixture(autouse=True, scope="session")
def _many_may_call_at_once() -> None:
    """The server of tests lets ten connections wait; a burst of 32 had one of them reset."""
    WSGIServer.request_queue_size = 128


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_listed_once() -> None:
    """Each client of a test starts the whole chain of middleware: the files of the kit are the same for all."""
    listed: dict[tuple[object, ...], dict[str, Any]] = {}
    scan = WhiteNoiseMiddleware.add_files_from_finders

    def add_files_from_finders(self: Any) -> None:
        key = (self.static_prefix, self.max_age, self.autorefresh, self.allow_all_origins, self.charset)
        if key not in listed:
            before = set(self.files)
            scan(self)
            listed[key] = {url: file for url, file in self.files.items() if url not in before}
        self.files.update(listed[key])

    middleware: Any = WhiteNoiseMiddleware
    middleware.add_files_from_finders = add_files_from_finders
