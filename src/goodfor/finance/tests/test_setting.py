"""Parties, contracts, rates and agreements: what is taken, what is refused, what is kept for ever."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from goodfor.finance import accounts, queries
from goodfor.finance.models import Party
from goodfor.finance.operations import (
    change_party,
    open_party,
    set_agreement,
    set_bank,
    set_contract,
    set_sku_tax,
    set_tax_rate,
)
from goodfor.finance.tests.conftest import LONG, Scene
from goodfor.finance.tests.world import counts
from goodfor.finance.types import AgreementInput, Bank, PartyInput, Terms, Tier
from goodfor.kernel.errors import DomainError
from goodfor.orders.tests.factories import sql

pytestmark = pytest.mark.django_db(transaction=True)
TENTH = Terms("percent", bp=1000)


def refused(do: Any, code: str) -> DomainError:
    before = counts()
    with pytest.raises(DomainError) as error:
        do()
    assert error.value.code == code
    assert counts() == before
    return error.value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "friend"), ("code", "a b"), ("code", ""), ("name", " "), ("email", "nobody"), ("currency", "XXX"),
        ("cycle", "yearly"), ("cycle_day", 0), ("cycle_day", 32), ("lag_days", -1), ("min_payout_minor", -1),
        ("hold_back_bp", 10_001), ("collection", "mine"), ("supplier_code", "li"), ("receiver_id", uuid4()),
        # As the account of somebody's receiver is named.
        ("code", "0f" * 16),
    ],
)  # fmt: skip
def test_a_party_must_make_sense(scene: Scene, field: str, value: Any) -> None:
    party = replace(PartyInput("distributor", "li", "李四"), **{field: value})
    error = refused(
        lambda: open_party(shop_id=scene.shop_id, party=party, actor="staff:1", now=scene.now), "finance_invalid_party"
    )
    assert error.data["field"] == field


def test_a_weekly_party_has_a_weekday(scene: Scene) -> None:
    party = PartyInput("distributor", "li", "李四", cycle="weekly", cycle_day=8)
    refused(
        lambda: open_party(shop_id=scene.shop_id, party=party, actor="staff:1", now=scene.now), "finance_invalid_party"
    )


def test_a_party_is_opened_once_and_its_name_in_the_books_stays(scene: Scene) -> None:
    view = scene.party("li")
    refused(lambda: scene.party("li"), "finance_party_exists")
    given = PartyInput("distributor", "li", "李四光", email="li@example.com", hold_back_bp=500)
    changed = change_party(shop_id=scene.shop_id, party_id=view.id, party=given, actor="staff:1", now=scene.now)
    assert (changed.name, changed.hold_back_bp, changed.email) == ("李四光", 500, "li@example.com")
    for field, value in (("code", "wang"), ("kind", "brand"), ("currency", "USD")):
        other = replace(given, **{field: value})
        refused(
            lambda other=other: change_party(  # type: ignore[misc]
                shop_id=scene.shop_id, party_id=view.id, party=other, actor="staff:1", now=scene.now
            ),
            "finance_party_fixed",
        )
    lines = sql("SELECT action, data::text FROM kernel_audit WHERE subject_type = 'finance.party' ORDER BY id")
    assert [line[0] for line in lines] == ["finance.party_opened", "finance.party_changed"]
    assert "li@example.com" not in lines[1][1]


def test_the_cycle_of_a_supplier_changes_while_nothing_is_owed(scene: Scene) -> None:
    order = scene.buy()
    scene.bought(order, "jia", scene.codes(order))
    given = PartyInput("supplier", "jia", "甲", supplier_code="jia", cycle="t1")
    view = open_party(shop_id=scene.shop_id, party=given, actor="staff:1", now=scene.now)
    scene.agree(view, TENTH)
    other = replace(given, cycle="weekly")
    change_party(shop_id=scene.shop_id, party_id=view.id, party=other, actor="staff:1", now=scene.now)
    scene.follow()
    assert scene.booked("2202:supplier:jia:weekly:accrued") == 485
    refused(
        lambda: change_party(shop_id=scene.shop_id, party_id=view.id, party=given, actor="staff:1", now=scene.now),
        "finance_party_fixed",
    )


def test_accounts_of_parties(scene: Scene) -> None:
    view = scene.party("li")
    names = {
        "supplier": ("2202:supplier:li:monthly:accrued", "2202:supplier:li:statement:7"),
        "shop": ("2206:shop:li:payable", "2206:shop:li:statement:7"),
        "brand": ("2206:brand:li:payable", "2206:brand:li:statement:7"),
        "distributor": ("2206:distributor:li", "2206:distributor:li:statement:7"),
    }
    for kind, (accrued, statement) in names.items():
        party = replace(view, kind=kind)
        assert (accounts.accrued(party), accounts.statement(party, "7")) == (accrued, statement)
    assert (accounts.deposit(view), accounts.claim(view)) == (
        "2206:party:distributor.li:deposit", "1221:party:distributor.li:claim",
    )  # fmt: skip
    with pytest.raises(ValueError, match="platform"):
        accounts.accrued(replace(view, kind="platform"))


def test_bank_details_are_sealed_and_freeze_payouts(scene: Scene) -> None:
    view = scene.party("li")
    assert queries.bank_of(scene.shop_id, view.id) is None
    bank = Bank("李四", "招商银行", "6225880112345678")
    changed = set_bank(shop_id=scene.shop_id, party_id=view.id, bank=bank, actor="staff:1", now=scene.now)
    assert changed.has_bank
    assert changed.frozen_until == scene.now + timedelta(hours=24)
    assert queries.bank_of(scene.shop_id, view.id) == bank
    assert "6225880112345678" not in repr(bank)
    row = Party.objects.get(shop_id=scene.shop_id, id=view.id)
    assert b"6225" not in bytes(row.bank_blob or b"")
    [(data,)] = sql("SELECT data::text FROM kernel_audit WHERE action = 'finance.bank_changed'")
    assert "5678" in data
    assert "0112345678" not in data
    for field in ("name", "bank", "account"):
        refused(
            lambda field=field: set_bank(  # type: ignore[misc]
                shop_id=scene.shop_id, party_id=view.id, bank=replace(bank, **{field: ""}), actor="a", now=scene.now
            ),
            "finance_invalid_party",
        )
    refused(
        lambda: set_bank(shop_id=scene.shop_id, party_id=uuid4(), bank=bank, actor="a", now=scene.now),
        "finance_party_not_found",
    )


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("supplier_code", {"supplier_code": "nobody"}), ("model", {"model": "friend"}), ("input_bp", {"input_bp": -1}),
        ("cycle", {"cycle": "x"}), ("fee_bearer", {"fee_bearer": "moon"}), ("tax_class", {"tax_class": "a b"}),
    ],
)  # fmt: skip
def test_a_contract_must_make_sense(scene: Scene, field: str, more: dict[str, Any]) -> None:
    given = {"supplier_code": "", "model": "agent", "valid_from": scene.now, **more}
    error = refused(
        lambda: set_contract(shop_id=scene.shop_id, actor="staff:1", now=scene.now, **given), "finance_invalid_contract"
    )
    assert error.data["field"] == field


def test_versions_of_a_contract(scene: Scene) -> None:
    first = scene.contract("principal")
    assert scene.contract("principal") == first
    later = set_contract(
        shop_id=scene.shop_id, supplier_code="", model="agent", valid_from=scene.now, actor="staff:1", now=scene.now
    )
    assert later.version == 2
    assert queries.contract_at(scene.shop_id, "", scene.now - timedelta(seconds=1)) == first
    assert queries.contract_at(scene.shop_id, "", scene.now) == later
    assert queries.contract_at(scene.shop_id, "other", scene.now) is None
    assert queries.contract_at(uuid4(), "", scene.now) is None


def test_rates_hold_from_their_time_on_and_are_not_changed(scene: Scene) -> None:
    scene.taxed(600)
    set_tax_rate(
        shop_id=scene.shop_id, tax_class="goods", rate_bp=1300, valid_from=scene.now, actor="staff:1", now=scene.now
    )
    assert queries.rates_of(scene.shop_id, scene.shop.sku_id, scene.now).rate_bp == 1300
    assert queries.rates_of(scene.shop_id, scene.shop.sku_id, scene.now - timedelta(seconds=1)).rate_bp == 600
    assert queries.rates_of(scene.shop_id, scene.shop.sku_id, scene.now - 2 * LONG).rate_bp == 0
    again = {"shop_id": scene.shop_id, "tax_class": "goods", "valid_from": scene.now, "actor": "a", "now": scene.now}
    before = counts()
    set_tax_rate(rate_bp=1300, **again)
    assert counts() == before
    refused(lambda: set_tax_rate(rate_bp=900, **again), "finance_invalid_rate")
    refused(lambda: set_tax_rate(**{**again, "rate_bp": 10_001}), "finance_invalid_rate")
    refused(
        lambda: set_sku_tax(
            shop_id=scene.shop_id, sku_id=uuid4(), tax_class="goods", valid_from=scene.now, actor="a", now=scene.now
        ),
        "finance_invalid_rate",
    )


@pytest.mark.parametrize(
    "more",
    [
        {"terms": Terms("percent", bp=10_001)}, {"terms": Terms("half")}, {"terms": Terms("tiers")},
        {"terms": Terms("tiers", tiers=(Tier(5, 1), Tier(5, 2)))}, {"terms": Terms("fixed", minor=-1)},
        {"base": "net"}, {"scope": "sku", "scope_ref": "x"}, {"scope": "sku", "scope_ref": str(uuid4())},
        {"scope": "category", "scope_ref": str(uuid4())}, {"scope": "supplier", "scope_ref": "nobody"},
        {"scope": "all", "scope_ref": "x"}, {"line_cap_minor": -1}, {"code": "a b"}, {"priority": -1},
    ],
)  # fmt: skip
def test_an_agreement_must_make_sense(scene: Scene, more: dict[str, Any]) -> None:
    given = AgreementInput(code="li", party_id=scene.party().id, terms=TENTH, valid_from=scene.now)
    says = replace(given, **more)
    refused(
        lambda: set_agreement(shop_id=scene.shop_id, says=says, actor="staff:1", now=scene.now),
        "finance_invalid_agreement",
    )


def test_an_agreement_keeps_its_party(scene: Scene) -> None:
    first = scene.agree(scene.party(), TENTH)
    assert scene.agree(queries.party(scene.shop_id, first.says.party_id), TENTH) == first
    other = scene.party("wang")
    refused(lambda: scene.agree(other, TENTH, code="li"), "finance_invalid_agreement")
    platform = scene.party("us", "platform")
    refused(lambda: scene.agree(platform, TENTH), "finance_invalid_agreement")
    stranger = AgreementInput(code="x", party_id=uuid4(), terms=TENTH, valid_from=scene.now)
    refused(
        lambda: set_agreement(shop_id=scene.shop_id, says=stranger, actor="a", now=scene.now), "finance_party_not_found"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE finance_agreement SET valid_from = now()", "DELETE FROM finance_agreement",
        "UPDATE finance_contract SET model = 'agent'", "DELETE FROM finance_tax_rate",
        "UPDATE finance_sku_tax SET card_sale = true", "DELETE FROM finance_step",
        "UPDATE finance_share SET amount_minor = amount_minor + 1", "UPDATE finance_share SET reversed_minor = 0",
        "DELETE FROM finance_share", "UPDATE finance_sold SET gross_minor = gross_minor + 1",
        "UPDATE finance_sold SET refunded_minor = 0, vat_back_minor = 0", "DELETE FROM finance_sold",
        "UPDATE finance_share SET reversed_minor = amount_minor + 1",
        "UPDATE finance_share SET superseded_at = now()",
        "UPDATE finance_order SET profit_minor = profit_minor + 1",
        "INSERT INTO finance_share (id, shop_id, order_id, order_line_id, sku_id, agreement_id, agreement_code,"
        " version, party_id, account, base_minor, amount_minor, reversed_minor, volume_before, currency, rank,"
        " explained, booked_at) SELECT gen_random_uuid(), shop_id, order_id, order_line_id, sku_id, gen_random_uuid(),"
        " agreement_code, 9, party_id, account, 1, 1, 0, 0, currency, 0, '{}', now() FROM finance_share",
    ],
)  # fmt: skip
def test_what_was_agreed_and_done_cannot_be_changed_by_sql(scene: Scene, statement: str) -> None:
    scene.taxed()
    scene.contract()
    scene.agree(scene.party(), TENTH)
    order = scene.buy()
    scene.part(order, 1000)
    scene.follow()
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert scene.booked("2206:distributor:li") == 385
