"""`goodfor codes import`: what it prints, what it answers, what it leaves."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from goodfor.catalog import operations as catalog
from goodfor.cli import codes
from goodfor.cli.main import run
from goodfor.identity import operations as identity
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.vault import queries
from goodfor.vault.types import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = [(f"62CLI{i:08d}", f"S{i * 7919:08d}-CLI-XYZW") for i in range(12)]
LINES = ["卡号,卡密", *(",".join(pair) for pair in PAIRS), "1,1.2E+15", ",".join(PAIRS[0])]


@pytest.fixture
def place(now: datetime) -> tuple[UUID, UUID]:
    """A shop and its SKU."""
    shop_id = identity.create_shop(code="demo", name="好码", currency="CNY", actor="test", now=now).id
    by: dict[str, Any] = {"actor": "test", "now": now}
    category = catalog.create_category(shop_id=shop_id, slug="games", name="游戏", **by)
    product = catalog.create_product(shop_id=shop_id, category_id=category, slug="star", name="星河", **by)
    sku = catalog.create_sku(
        shop_id=shop_id, product_id=product, code="STAR-50", name="50", price=Money(4990, "CNY"), **by
    )
    return shop_id, sku


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "codes.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """Runs the command as typed; the tests' own database is DATABASE_URL already, and is not to be closed."""
    url = str(connection.get_connection_params().get("host") or "")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://tests@/tests?host={url}")
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    return lambda *arguments: run(["codes", "import", *map(str, arguments)])


def stored() -> dict[int, int]:
    """How many codes there are, by state."""
    with platform_job("codes in a test"), connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM vault_code GROUP BY state")
        return dict(cursor.fetchall())


def test_dry_run_tells_and_changes_nothing(
    place: tuple[UUID, UUID], file: Path, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(file, "--sku", "STAR-50", "--dry-run") == 0
    out = capsys.readouterr().out
    for told in ("utf-8", "卡号 → 卡号 / number", "scientific_notation", "duplicate_in_file", "line 2", "62****00"):
        assert told in out
    assert PAIRS[0][1] not in out
    assert stored() == {}


def test_import_puts_on_sale_once(
    place: tuple[UUID, UUID], file: Path, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    shop, sku = place
    options = ("--cost", "9.90", "--expires", "2099-12-31", "--note", "first", "--use-first")
    assert command(file, "--sku", sku, "--shop", "demo", *options) == 0
    assert "已入库 12 个 / imported" in capsys.readouterr().out
    assert queries.stock(shop, [sku]) == {sku: StockLevel(12, 0, 0)}
    (batch,) = queries.batches(shop, sku_id=sku)
    assert (batch.unit_cost_minor, batch.note, batch.state) == (990, "first", "active")
    with platform_job("lots in a test"), connection.cursor() as cursor:
        cursor.execute("SELECT expires_at, use_first FROM vault_lot")
        # The midnight that ends the day in Beijing.
        assert cursor.fetchall() == [(datetime(2099, 12, 31, 16, tzinfo=UTC), True)]
    assert command(file, "--sku", "STAR-50") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "这个文件已经导入过 / " in said
    assert "batch_already_imported" in said
    assert stored() == {0: 12}


def test_json_is_one_object(
    place: tuple[UUID, UUID], file: Path, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(file, "--sku", "STAR-50", "--json", "--dry-run") == 0
    dry = json.loads(capsys.readouterr().out)
    assert (dry["ok"], dry["dry_run"], dry["lines"], "batch_id" in dry) == (True, True, 15, False)
    assert command(file, "--sku", "STAR-50", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    for body in (dry, done):
        assert [body[name] for name in ("accepted", "duplicate_in_file", "duplicate_held", "rejected")] == [12, 1, 0, 1]
        assert body["by_problem"] == {"duplicate_in_file": 1, "scientific_notation": 1}
    assert done["faults"] == [
        {"line": 14, "problem": "scientific_notation", "other_line": None, "other_batch": None},
        {"line": 15, "problem": "duplicate_in_file", "other_line": 2, "other_batch": None},
    ]
    assert (done["batch_id"], done["resumed_at_line"]) == (str(queries.batches(place[0])[0].id), 0)
    assert command(file, "--sku", "STAR-50", "--json") == 1
    refused = json.loads(capsys.readouterr().out)
    assert (refused["ok"], refused["code"]) == (False, "batch_already_imported")


def test_what_the_shop_held_before_is_left_out(
    place: tuple[UUID, UUID], file: Path, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(file, "--sku", "STAR-50") == 0
    (batch,) = queries.batches(place[0])
    second = file.with_name("second.csv")
    second.write_text("\n".join([LINES[0], LINES[1], "62CLI99999999,SNEW-CLI-0000"]) + "\n", encoding="utf-8")
    capsys.readouterr()
    assert command(second, "--sku", "STAR-50", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    held = {"line": 2, "problem": "duplicate_held", "other_line": None, "other_batch": str(batch.id)}
    assert (done["accepted"], done["faults"]) == (1, [held])
    assert stored() == {0: 13}


def test_it_says_where_it_goes_on(
    place: tuple[UUID, UUID],
    file: Path,
    command: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C after the first chunk: nothing is on sale; the same command again finishes the same batch."""
    monkeypatch.setattr("goodfor.vault.importing.source.LINES_PER_CHUNK", 5)
    whole = codes.import_file

    def stopped(**given: Any) -> Any:
        def show(_done: object) -> None:
            raise KeyboardInterrupt

        return whole(**{**given, "progress": show})

    with monkeypatch.context() as patched:
        patched.setattr(codes, "import_file", stopped)
        assert command(file, "--sku", "STAR-50", "--json") == 130
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "run it again to go on" in captured.err
    assert queries.stock(place[0], [place[1]]) == {}
    assert command(file, "--sku", "STAR-50", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    assert done["resumed_at_line"] > 0
    assert done["accepted"] == 12
    assert stored() == {0: 12}


@pytest.mark.parametrize(
    ("options", "code", "exit_code"),
    [
        (("--sku", "NOPE"), "sku_unknown", 2),
        (("--shop", "nope"), "shop_not_found", 2),
        (("--expires", "2020-12-31"), "invalid_batch", 1),
        (("--columns", "number,expiry"), "columns_unclear", 1),
        (("--strict",), "batch_has_faults", 1),
    ],
)
def test_refusals(
    place: tuple[UUID, UUID],
    file: Path,
    command: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    code: str,
    exit_code: int,
) -> None:
    given = (file, "--sku", "STAR-50", *options)
    assert command(*given, "--json") == exit_code
    assert json.loads(capsys.readouterr().out)["code"] == code
    assert command(*given) == exit_code
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert " / " in said
    assert code in said
    assert stored() == {}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--columns", "number,what"), "--columns"),
        (("--cost", "9.999"), "--cost"),
        (("--expires", "31.12.99"), "--expires"),
        (("--skip-lines", "-1"), "--skip-lines"),
    ],
)
def test_wrong_options(
    place: tuple[UUID, UUID],
    file: Path,
    command: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    told: str,
) -> None:
    assert command(file, "--sku", "STAR-50", *options) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""
    assert stored() == {}


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_file"), (b"\x00\x01\x02" * 50, "binary_file"), ("卡号,卡密\n".encode(), "no_codes")],
)
def test_unusable_files(
    place: tuple[UUID, UUID],
    tmp_path: Path,
    command: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    data: bytes,
    code: str,
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    assert command(path, "--sku", "STAR-50") == 1
    assert code in capsys.readouterr().err
    assert command(tmp_path / "nowhere.csv", "--sku", "STAR-50") == 2
    assert "nowhere.csv" in capsys.readouterr().err
    assert stored() == {}


def test_a_file_that_goes_away_is_one_line(
    place: tuple[UUID, UUID],
    file: Path,
    command: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(**_given: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(codes, "run_dry", gone)
    assert command(file, "--sku", "STAR-50") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "cannot read" in said
