"""Fixtures for every room's tests."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from goodfor.config import tenancy_check
from goodfor.kernel import crypto


@pytest.fixture
def now() -> datetime:
    """A fixed instant: time is always passed in."""
    return datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_keyring() -> None:
    """Each test's database has its own data keys."""
    crypto.forget_keys()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_guards() -> None:
    """Let the clean-up after a committing test empty append-only tables; their triggers stand in every test."""
    case: Any = TransactionTestCase
    original = case._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            original(self)
            # Tables without models are not in Django's list.
            with connection.cursor() as cursor:
                cursor.execute("SELECT string_agg(tablename, ', ') FROM pg_tables WHERE tablename LIKE 'kernel\\_%'")
                (tables,) = cursor.fetchone()
                cursor.execute(f"TRUNCATE {tables}")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = DEFAULT")

    case._fixture_teardown = teardown


@pytest.fixture(autouse=True, scope="session")
def _shops_are_kept_apart() -> None:
    """Every statement of the suite is watched: one on a shop's tables that names no shop fails its test."""
    tenancy_check.install()
