"""Limits of the database's statements: those of visitors end, those of the worker and of migrations do not."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from goodfor.cli import prepare
from goodfor.config.database import WEB_STATEMENT_TIMEOUT_MS, database_from_url, for_web

SHOW = """
import django
from django.db import connection
django.setup()
from goodfor.kernel.crypto import keyring
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
with keyring()._connect() as db:
    print(db.execute("SHOW statement_timeout").fetchone()[0])
"""


def test_a_web_connection_has_a_limit_and_what_the_address_says_wins() -> None:
    plain = database_from_url("postgresql://u@h/db")
    assert "options" not in plain["OPTIONS"]
    assert for_web(plain)["OPTIONS"]["options"] == f"-c statement_timeout={WEB_STATEMENT_TIMEOUT_MS}"
    assert "options" not in plain["OPTIONS"]
    own = for_web(database_from_url("postgresql://u@h/db?options=-c%20statement_timeout%3D5s&sslmode=require"))
    assert own["OPTIONS"]["options"].endswith(" -c statement_timeout=5s")
    assert own["OPTIONS"]["sslmode"] == "require"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("first", "shown"), [("", "0"), ("import goodfor.config.wsgi", "30s")])
def test_only_processes_that_serve_pages_have_it(first: str, shown: str) -> None:
    known = connection.get_connection_params()
    url = f"postgresql://{known.get('user', '')}@/{known['dbname']}?host={known['host']}&port={known.get('port', '')}"
    environment = {
        **os.environ,
        "DATABASE_URL": url.removesuffix("&port="),
        "DJANGO_SETTINGS_MODULE": "goodfor.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", f"{first}\n{SHOW}"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [shown, shown]


@pytest.mark.django_db
def test_a_database_with_little_room_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "CONNECTIONS", 1)
    assert prepare.few_connections() is None
    monkeypatch.setattr(prepare, "CONNECTIONS", 1_000_000)
    assert "max_connections" in str(prepare.few_connections())
