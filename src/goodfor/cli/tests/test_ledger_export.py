"""`goodfor ledger export`: what it writes, what it answers, what it leaves."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from goodfor.cli.main import run
from goodfor.identity import operations as identity
from goodfor.ledger.exports import FORMATS
from goodfor.ledger.operations import post
from goodfor.ledger.types import Entry, Line

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = ("--from", "2026-01-01", "--to", "2026-01-31")


@pytest.fixture
def shop_id(now: datetime) -> UUID:
    """A shop with one entry in January."""
    made = identity.create_shop(code="demo", name="好码", currency="CNY", actor="test", now=now).id
    at = datetime.fromisoformat("2026-01-05T12:00:00+08:00")
    sold = Entry("r:1", "delivery", (Line("2203:order", 990), Line("5001:sales:codes", -990)), at)
    post(shop_id=made, currency="CNY", entries=[sold], now=now)
    return made


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """Runs the command as typed; the tests' own database is DATABASE_URL already, and is not to be closed."""
    url = str(connection.get_connection_params().get("host") or "")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://tests@/tests?host={url}")
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    return lambda *arguments: run(["ledger", "export", *map(str, arguments)])


@pytest.mark.parametrize("form", FORMATS)
def test_each_form_is_written(
    form: str, shop_id: UUID, command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"books{FORMATS[form].suffix}"
    assert command(file, "--format", form, *DAYS, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"ok": True, "file": str(file), "format": form, "rows": told["rows"]}
    assert told["rows"] > 0
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.stat().st_size > 0
    if form == "yonyou":
        assert file.read_bytes().decode("gbk").startswith("填制凭证,V800\r\n2026-01-05,记,1,0,")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--format", "pdf", *DAYS), 2, "journal-csv"),
        (("--format", "kingdee", "--from", "2026-01-31", "--to", "2026-01-01"), 1, "invalid_input"),
        (("--format", "kingdee", *DAYS, "--encoding", "big5"), 2, "utf-8"),
        (("--format", "kingdee", *DAYS, "--currency", "x"), 2, "CNY"),
        (("--format", "kingdee", *DAYS, "--shop", "nobody"), 2, "shop"),
    ],
)
def test_what_makes_no_sense_leaves_no_file(
    arguments: tuple[str, ...], code: int, said: str, shop_id: UUID, command: Callable[..., int], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "books"
    file.write_text("old")
    assert command(file, *arguments) == code
    assert said in capsys.readouterr().err
    assert file.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1
