"""Fixtures for every room's tests."""

import gc
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from goodfor.config import tenancy_check
from goodfor.kernel import crypto


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def now() -> datetime:
    """A fixed instant: time is always passed in."""
    return datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_keyring() -> None:
    """Each test's database has its own data keys."""
    crypto.forget_keys()


#: Made by migrations, the same for every test.
_KEPT = ("django_migrations", "django_content_type", "auth_permission")
#: TRUNCATE makes new files for every table and index: half a second for nothing, where most are empty.
_EMPTY_ALL = """
DO $$
DECLARE
  name text;
  filled boolean;
BEGIN
  FOR name IN SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> ALL (string_to_array('{kept}', ','))
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
    CONTINUE WHEN NOT filled;
    IF pg_relation_size(name::regclass) > 1000000 THEN
      EXECUTE format('TRUNCATE %I CASCADE', name);
    ELSE
      EXECUTE format('DELETE FROM %I', name);
    END IF;
  END LOOP;
END $$
""".replace("{kept}", ",".join(_KEPT))


@pytest.fixture(autouse=True, scope="session")
def _flush_past_guards() -> None:
    """Empty what a committing test has written, past the triggers of append-only tables, which stand in every test."""

    def teardown(_self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                cursor.execute(_EMPTY_ALL)
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")

    case: Any = TransactionTestCase
    case._fixture_teardown = teardown


@pytest.fixture(autouse=True, scope="session")
def _shops_are_kept_apart() -> None:
    """Every statement of the suite is watched: one on a shop's tables that names no shop fails its test."""
    tenancy_check.install()


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
