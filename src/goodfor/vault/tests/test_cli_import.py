"""`goodfor codes import`, its body: what it prints, what it answers, what it leaves."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from goodfor.catalog import operations as catalog
from goodfor.identity import operations as identity
from goodfor.kernel.money import Money
from goodfor.vault import queries
from goodfor.vault.cli_import import run
from goodfor.vault.tests.factories import codes, states_of, write
from goodfor.vault.types import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(now: datetime) -> tuple[UUID, UUID]:
    shop_id = identity.create_shop(code="demo", name="好码", currency="CNY", actor="test", now=now).id
    by: dict[str, Any] = {"actor": "test", "now": now}
    category = catalog.create_category(shop_id=shop_id, slug="games", name="游戏", **by)
    product = catalog.create_product(shop_id=shop_id, category_id=category, slug="star", name="星河", **by)
    sku = catalog.create_sku(
        shop_id=shop_id, product_id=product, code="STAR-50", name="50", price=Money(4990, "CNY"), **by
    )
    return shop_id, sku


@pytest.fixture
def file() -> Path:
    return write(
        ["卡号,卡密", *(",".join(pair) for pair in codes(12, prefix="CLI")), "1,1.2E+15", codes(1, prefix="CLI")[0]]
    )


def test_dry_run_tells_and_changes_nothing(
    place: tuple[UUID, UUID], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file, "STAR-50", dry_run=True) == 0
    out = capsys.readouterr().out
    for told in ("utf-8", "卡号 → 卡号 / number", "good 12", "scientific_notation", "duplicate_in_file"):
        assert told in out
    assert "GOODCODE" not in out
    assert codes(1, prefix="CLI")[0][1] not in out
    assert states_of(place[0]) == {}


def test_import_puts_on_sale(place: tuple[UUID, UUID], file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop, sku = place
    assert run(file, str(sku), "demo", yes=True, cost="9.90", expires="2099-12-31", note="first") == 0
    assert queries.stock(shop, [sku]) == {sku: StockLevel(12, 0, 0)}
    (batch,) = queries.batches(shop, sku_id=sku)
    assert (batch.unit_cost_minor, batch.note, batch.state) == (990, "first", "active")
    capsys.readouterr()
    assert run(file, "STAR-50", yes=True, json=True) == 1
    refused = json.loads(capsys.readouterr().out)
    assert refused["ok"] is False
    assert refused["error"]["code"] == "batch_already_imported"


def test_json_is_one_object(place: tuple[UUID, UUID], file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, "STAR-50", json=True, dry_run=True) == 0
    dry = json.loads(capsys.readouterr().out)
    assert dry["dry_run"]["counts"] == {"accepted": 12, "duplicate_in_file": 1, "duplicate_held": 0, "rejected": 1}
    assert run(file, "STAR-50", json=True) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["imported"]["batch"]["counts"]["accepted"] == 12
    assert done["imported"]["faults"] == [
        {"line_no": 14, "problem": "scientific_notation"},
        {"line_no": 15, "problem": "duplicate_in_file", "other_line": 2},
    ]


@pytest.mark.parametrize(
    ("options", "code", "exit_code"),
    [
        ({"sku": "NOPE"}, "sku_unknown", 2),
        ({"shop": "nope"}, "shop_not_found", 2),
        ({"columns": "number,what"}, "invalid_batch", 2),
        ({"cost": "9.999"}, "invalid_option", 2),
        ({"expires": "31.12.99"}, "invalid_option", 2),
        ({"expires": "2020-12-31"}, "invalid_batch", 1),
        ({"columns": "number,expiry"}, "columns_unclear", 1),
        ({"strict": True}, "batch_has_faults", 1),
        ({"file": Path("/nowhere/at/all.csv")}, "invalid_input", 1),
    ],
)
def test_refusals(
    place: tuple[UUID, UUID],
    file: Path,
    capsys: pytest.CaptureFixture[str],
    options: dict[str, Any],
    code: str,
    exit_code: int,
) -> None:
    assert run(**{"file": file, "sku": "STAR-50", "json": True, **options}) == exit_code
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert states_of(place[0]) == {}
