"""Pages of finance: parties, contracts, rates, agreements tried before they are saved, and what an order earned."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.money_fields import day_text
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.finance_things import party
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.finance import queries as finance
from goodfor.finance.tests.world import follow, rebook
from goodfor.finance.types import AgreementInput, Terms
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now

pytestmark = pytest.mark.django_db(transaction=True)


def text(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


PARTY = {
    "kind": "brand", "code": "kuwan", "name": "酷玩品牌", "currency": "CNY", "cycle": "weekly", "cycle_day": "3",
    "lag_days": "2", "min_payout": "100.00", "hold_back": "5", "collection": "self",
}  # fmt: skip


def test_a_party_is_made_changed_and_ended(shop: Shop) -> None:
    client, new = proved(shop.id, Role.FINANCE), reverse("desk:finance-party-new")
    assert "还没有结算方" in text(client, "finance-parties")
    before = state_of_all()
    for wrong in ({"code": "酷"}, {"cycle_day": "8"}, {"hold_back": "101"}, {"min_payout": "x"}, {"currency": "XXX"},
                  {"kind": "supplier"}, {"email": "x"}, {"name": ""}):  # fmt: skip
        assert client.post(new, {**PARTY, **wrong}).status_code == 422, wrong
    assert state_of_all() == before
    assert client.post(new, PARTY).status_code == 302
    assert client.post(new, PARTY).status_code == 409
    [one] = finance.parties(shop.id)
    assert (one.min_payout_minor, one.hold_back_bp, one.cycle_day) == (10_000, 500, 3)
    page = text(client, "finance-party", one.id)
    assert "周结，周三日切" in page
    assert "没有登记，不能打款" in page
    edit = reverse("desk:finance-party-edit", args=[one.id])
    assert "酷玩品牌" in client.get(edit).content.decode()
    # Kind, code and currency stay, whatever is sent.
    assert client.post(edit, {**PARTY, "name": "酷玩", "code": "other", "kind": "shop"}).status_code == 302
    assert [(two.kind, two.code, two.name) for two in finance.parties(shop.id)] == [("brand", "kuwan", "酷玩")]
    act = reverse("desk:finance-party-act", args=[one.id])
    assert client.post(act, {"act": "end"}).status_code == 302
    assert "已停止" in text(client, "finance-parties", query="?kind=ended")
    assert client.post(act, {"act": "state"}).status_code == 409


def test_who_may_not_act_changes_nothing(shop: Shop) -> None:
    one = party(shop)
    bank = reverse("desk:finance-party-bank", args=[one.id])
    sent = {"name": "x", "bank": "x", "account": "6222020200009999"}
    operator, unproven = inside(shop.id, Role.OPERATOR), inside(shop.id, Role.FINANCE)
    before = state_of_all()
    for name in ("finance-parties", "finance-agreements", "finance-contracts", "finance-taxes", "profits", "profit-by"):
        assert operator.get(reverse(f"desk:{name}")).status_code == 403
    assert operator.post(bank, sent).status_code == 403
    for answer in (
        unproven.post(bank, sent),
        unproven.get(reverse("desk:finance-party-new")),
        unproven.get(reverse("desk:finance-agreement-edit")),
        unproven.post(reverse("desk:finance-taxes"), {"act": "rate"}),
        unproven.post(reverse("desk:finance-contract"), {"supplier": ""}),
        unproven.post(reverse("desk:profit-by"), {"by": "sku"}),
    ):
        assert "/prove" in answer["Location"]
    assert state_of_all() == before
    assert unproven.post(reverse("desk:finance-taxes"), {"act": "other"}).status_code == 422


def agree(one: Any, **more: str) -> dict[str, str]:
    return {
        "act": "save", "code": "li-1", "party": str(one.id), "scope": "all", "kind": "percent", "percent": "10",
        "base": "gross", "priority": "100", "valid_from": day_text(utc_now() + timedelta(days=1)), **more,
    }  # fmt: skip


def test_an_agreement_is_tried_then_saved_in_versions(shop: Shop) -> None:
    one, now = party(shop), utc_now()
    follow(now)
    client, edit = proved(shop.id, Role.FINANCE), reverse("desk:finance-agreement-edit")
    gross = shop.delivered.total.amount_minor
    before = state_of_all()
    page = client.post(edit, agree(one, act="preview")).content.decode()
    assert shop.delivered.number in page
    tried = finance.tried(shop.id, finance_input(one), now)
    assert (tried.would_minor, tried.now_minor, tried.base_minor, tried.covered) == (gross // 10, 0, gross, 1)
    for wrong in ({"percent": "x"}, {"percent": "101"}, {"party": ""}, {"code": "有"}, {"valid_from": ""},
                  {"scope": "sku"}, {"kind": "tiers", "tiers": "0"}, {"kind": "tiers", "tiers": "5 1\n0 2"},
                  {"kind": "other"}, {"valid_to": "2020-01-01"}):  # fmt: skip
        assert client.post(edit, agree(one, **wrong)).status_code == 422, wrong
    assert state_of_all() == before
    assert client.post(edit, agree(one)).status_code == 302
    # The code is taken: another version is made where the agreement is.
    assert client.post(edit, agree(one, percent="12")).status_code == 422
    back = {"known": "li-1", "percent": "20", "valid_from": day_text(now - timedelta(days=5))}
    page = client.post(edit, agree(one, act="preview", **back)).content.decode()
    assert "保存后会马上补记差额" in page
    assert client.post(edit, agree(one, **back)).status_code == 302
    version = finance.agreements(shop.id, "li-1")[0]
    assert version.version == 2
    assert "还在补算" in text(client, "finance-agreement", query="?code=li-1")
    rebook(shop.id, version.id, now)
    page = text(client, "finance-agreement", query="?code=li-1")
    assert "补算 1 行，1 行有差额" in page
    [share] = finance.shares_of_order(shop.id, shop.delivered.id)
    assert share.amount_minor == gross // 5
    assert "li-1" in text(client, "finance-agreements")
    assert "li-1" in text(client, "finance-party", one.id)
    assert client.get(reverse("desk:finance-agreement") + "?code=none").status_code == 404
    page = text(client, "order-profit", shop.delivered.number)
    assert "按协议" in page or "协议改版补差" in page


def finance_input(one: Any) -> Any:
    return AgreementInput("li-1", one.id, Terms("percent", bp=1_000), utc_now() + timedelta(days=1))


def test_tiers_are_typed_by_line(shop: Shop) -> None:
    one, client = party(shop), proved(shop.id, Role.FINANCE)
    form = agree(one, kind="tiers", tiers="0 3\n100 5.5", measure="base")
    assert client.post(reverse("desk:finance-agreement-edit"), form).status_code == 302
    terms = finance.agreements(shop.id, "li-1")[0].says.terms
    assert [(tier.from_volume, tier.bp) for tier in terms.tiers] == [(0, 300), (10_000, 550)]
    page = text(client, "finance-agreement-edit", query="?known=li-1")
    assert "100.00 5.5" in page
    assert "满 ¥100.00：5.5%" in text(client, "finance-agreement", query="?code=li-1")


def test_contracts_and_rates_come_in_versions(shop: Shop) -> None:
    client, where = proved(shop.id, Role.FINANCE), reverse("desk:finance-taxes")
    today = day_text(utc_now())
    rate = {"act": "rate", "tax_class": "goods", "percent": "13", "valid_from": today}
    for wrong in ({"percent": "x"}, {"tax_class": "货"}, {"valid_from": ""}):
        assert client.post(where, {**rate, **wrong}).status_code == 422, wrong
    assert client.post(where, rate).status_code == 302
    assert "那天已经设过别的值" in client.post(where, {**rate, "percent": "9"}).content.decode()
    sku_id = str(shop.demo.skus["kw-50"])
    sku = {"act": "sku", "sku": sku_id, "tax_class": "goods", "valid_from": today}
    assert client.post(where, {**sku, "sku": "x"}).status_code == 422
    assert client.post(where, sku).status_code == 302
    fee = {"act": "fee", "account": "sandbox:main", "percent": "0.38", "valid_from": today}
    assert client.post(where, fee).status_code == 302
    page = text(client, "finance-taxes")
    for shown in ("13%", "goods", "0.38%"):
        assert shown in page
    assert finance.rates_of(shop.id, shop.demo.skus["kw-50"], utc_now()).rate_bp == 1_300
    contract = reverse("desk:finance-contract")
    form = {"supplier": "", "model": "agent", "tax_class": "goods", "input": "0", "cycle": "monthly",
            "fee_bearer": "platform", "valid_from": today}  # fmt: skip
    assert client.post(contract, {**form, "model": "x"}).status_code == 422
    assert client.post(contract, {**form, "supplier": "none"}).status_code == 404
    assert client.post(contract, form).status_code == 302
    assert client.post(contract, {**form, "fee_bearer": "supplier"}).status_code == 302
    assert [one.version for one in finance.contracts(shop.id, "")] == [2, 1]
    assert "生效中" in text(client, "finance-contract", query="?supplier=")
    assert "代销" in text(client, "finance-contracts")


def test_what_an_order_earned_leads_to_its_postings(shop: Shop) -> None:
    follow(utc_now())
    number, total, cost = shop.delivered.number, shop.delivered.total.amount_minor, 1_600
    client = inside(shop.id, Role.FINANCE)
    page = text(client, "order", number)
    assert "付款时预估" in page
    assert "付款时预估" not in text(inside(shop.id, Role.OPERATOR), "order", number)
    view = finance.order_profit(shop.id, shop.delivered.id)
    assert (view.cells["revenue"].amount_minor, view.cells["cost"].amount_minor) == (total, cost)
    page = text(client, "order-profit", number)
    for tx_id, _seq in (*view.cells["revenue"].postings, *view.cells["cost"].postings):
        assert reverse("desk:ledger-tx", args=[tx_id]) in page
    assert client.get(reverse("desk:order-profit", args=[shop.placed.number])).status_code == 404
    assert number in text(client, "profits")
    assert number not in text(client, "profits", query="?result=losing")
    assert number in text(client, "profits", query=f"?number={number}")
    for by in ("supplier", "channel", "campaign", "sku"):
        assert f"{total // 100}" in text(client, "profit-by", query=f"?by={by}")
    assert "起止日期要按先后" in text(client, "profit-by", query="?from=2026-02-01&until=2026-01-01")
    taken = proved(shop.id, Role.FINANCE).post(reverse("desk:profit-by"), {"by": "sku"})
    assert f"{total // 100}.{total % 100:02}" in taken.content.decode()
    assert sql("SELECT count(*) FROM finance_order WHERE shop_id = %s", [shop.id]) == [(1,)]
