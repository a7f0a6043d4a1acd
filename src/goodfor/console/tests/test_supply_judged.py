"""What follows from a supplier's bad codes: shown, explained by its report card, lifted by who may and says why."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.supply.models import Supplier
from goodfor.supply.operations.judge_suppliers import judge_suppliers
from goodfor.supply.operations.note_complaint import note_complaint, note_complaint_end
from goodfor.supply.operations.tally import tally_due
from goodfor.supply.reads_report import consequence_now
from goodfor.supply.tests.market import Market, on_time

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fair(shop: Shop) -> Iterator[Market]:
    """The console's shop with a sandbox of suppliers."""
    with on_time() as sandbox:
        yield Market(shop.id, shop.demo.skus["kw-50"], utc_now(), sandbox)


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"desk:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_suspension_is_shown_and_lifted(shop: Shop, fair: Market) -> None:
    fair.supplier("anna")
    anna = fair.ids["anna"]
    line = fair.want(50)
    fair.buy()
    tally_due(now=fair.at)
    note_complaint(shop_id=shop.id, claim_id=(claim := uuid4()), line_id=line, units=10, now=fair.at)
    note_complaint_end(shop_id=shop.id, claim_id=claim, upheld=True)
    client, here = proved(shop.id), reverse("desk:supplier", args=[anna])
    card = page(client, "supplier-card", anna)
    assert "还没有过。" in card
    assert judge_suppliers(now=fair.at) == 1
    shown = page(client, "supplier", anna)
    assert "坏卡太多，已停用" in shown
    assert "近 7 天 50 件里有 10 件坏的（20%），合同允许到 10%" in shown
    card = page(client, "supplier-card", anna)
    assert "坏卡太多，已停用" in card
    assert "A ≤ 0.2% · B ≤ 0.5% · C ≤ 1% · D ≤ 3%" in card
    held = consequence_now(shop.id, anna)
    assert held is not None
    wish = {"act": "lift", "consequence": str(held.id), "note": "换了批次"}
    assert "/prove" in inside(shop.id).post(here, wish)["Location"]
    assert proved(shop.id, Role.FINANCE).post(here, wish).status_code == 403
    assert client.post(here, {**wish, "note": " "}).status_code == 422
    assert client.post(here, {**wish, "consequence": str(uuid4())}).status_code == 409
    assert consequence_now(shop.id, anna) == held
    assert client.post(here, wish).status_code == 302
    assert consequence_now(shop.id, anna) is None
    assert client.post(here, wish).status_code == 409
    assert "坏卡太多，已停用" not in page(client, "supplier", anna)
    assert "换了批次" in page(client, "supplier-card", anna)
    found = sql("SELECT data->>'note' FROM kernel_audit WHERE action = 'supply.judgement_lifted'", [])
    assert found == [("换了批次",)]


def test_bounds_stand_in_the_contract(shop: Shop, fair: Market) -> None:
    fair.supplier("anna")
    client, at = proved(shop.id), reverse("desk:supplier-contract", args=[fair.ids["anna"]])
    assert 'name="bad_suspend"' in client.get(at).content.decode()
    terms = {"priority": "20", "cutoff": "08:30"}
    assert client.post(at, terms).status_code == 302

    def bounds() -> tuple[int, int, int, int]:
        row = Supplier.objects.get(shop_id=shop.id)
        return (row.bad_least_units, row.bad_weigh_points, row.bad_hold_points, row.bad_suspend_points)

    assert bounds() == (50, 100, 300, 1000)
    wish = {**terms, "bad_units": "30", "bad_weigh": "0.5", "bad_hold": "", "bad_suspend": "12.25"}
    assert client.post(at, {**wish, "bad_suspend": "101"}).status_code == 422
    assert bounds() == (50, 100, 300, 1000)
    assert client.post(at, wish).status_code == 302
    assert bounds() == (30, 50, 0, 1225)
    assert 'value="12.25"' in client.get(at).content.decode()
