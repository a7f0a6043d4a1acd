"""Pages of settlement: a statement from its making to its payout, by two people, and all that stands in the way."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from goodfor.console.second_person import colleagues
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.finance_things import ACCOUNT, approved, owe, party, stated
from goodfor.console.tests.helpers import inside, person, proved, proved_as, sql, state_of_all
from goodfor.console.types import Visitor
from goodfor.finance.operations import set_bank
from goodfor.finance.types import Bank
from goodfor.identity import queries as identity
from goodfor.identity.operations.change_role import change_role
from goodfor.identity.operations.issue_signin_link import issue_signin_link
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.ledger.operations import post
from goodfor.ledger.types import Entry, Line
from goodfor.settlement import queries as settlement
from goodfor.settlement.operations import confirm_statement, set_policy
from goodfor.settlement.types import PolicyView

pytestmark = pytest.mark.django_db(transaction=True)


def text(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


def act(client: Client, one: Any, what: str, **more: str) -> int:
    where = reverse("desk:settlement-statement-act", args=[one.id])
    return int(client.post(where, {"act": what, **more}).status_code)


def two_approve(shop: Shop) -> None:
    """From the first fen on."""
    policy = PolicyView(0, "main", "", "", "")
    set_policy(shop_id=shop.id, policy=policy, actor="test", now=utc_now())


def test_whom_a_colleague_let_in_today_is_no_second_person(shop: Shop) -> None:
    """Whoever gave somebody a link or a role can come in as them; and whoever sent all others away is not alone."""
    two_approve(shop)
    made = stated(shop, party(shop), 12_345)
    ann, bob = person(shop.id, Role.OWNER, app=True), person(shop.id, Role.FINANCE, app=True)
    issue_signin_link(shop_id=shop.id, staff_id=bob.staff.id, actor=ann.staff.actor, now=utc_now())
    first, second = proved_as(ann), proved_as(bob)
    assert act(first, made, "confirm") == 302
    assert act(first, made, "approve") == 302
    assert act(second, made, "approve") == 403
    change_role(shop_id=shop.id, staff_id=bob.staff.id, role=Role.FINANCE, active=False, actor=ann.staff.actor,
                now=utc_now())  # fmt: skip
    seen = Visitor(ann.staff, identity.shop_by_id(shop.id), uuid4(), "password", utc_now(), first_visit=False)
    assert bob.user.username in colleagues(seen, utc_now())
    assert act(first, made, "approve") == 409
    assert settlement.statement(shop.id, made.id).state == "confirmed"


def test_a_statement_is_approved_by_two_and_paid_by_a_file(shop: Shop) -> None:
    two_approve(shop)
    one = party(shop)
    made = stated(shop, one, 12_345)
    ann, bob = person(shop.id, Role.FINANCE, app=True), person(shop.id, Role.OWNER, app=True)
    first, second = proved_as(ann), proved_as(bob)
    assert "李记li" in text(first, "settlement")
    assert made.number in text(first, "settlement-statements")
    page = text(first, "settlement-statement", made.id)
    assert "发货时按协议应得的份额" in page
    assert "待对方确认" in page
    assert act(first, made, "approve") == 409
    assert act(first, made, "confirm") == 302
    assert act(first, made, "approve") == 302
    assert "你已批准，还需要另一位同事" in text(first, "settlement-statement", made.id)
    assert act(first, made, "approve") == 409
    assert settlement.statement(shop.id, made.id).state == "confirmed"
    assert act(second, made, "approve") == 302
    pay = reverse("desk:settlement-payouts")
    page = text(second, "settlement-payouts")
    assert str(made.id) in page
    assert second.post(pay, {"bank": "plain"}).status_code == 422
    assert second.post(pay, {"bank": "nobody", "pick": str(made.id)}).status_code == 422
    sent = second.post(pay, {"bank": "plain", "pick": str(made.id)})
    assert sent.status_code == 302
    assert ACCOUNT not in second.get(sent["Location"]).content.decode()
    taken = second.post(sent["Location"], {"act": "download"})
    assert ACCOUNT in taken.content.decode("utf-8-sig")
    assert second.post(sent["Location"], {"act": "arrived"}).status_code == 422
    [payout] = settlement.payouts(shop.id, made.id)
    told = {"act": "arrived", "reference": "B-1", "pick": str(payout.id)}
    assert second.post(sent["Location"], told).status_code == 302
    assert settlement.statement(shop.id, made.id).state == "paid"
    page = text(first, "settlement-statement", made.id)
    for name in (ann.user.username, bob.user.username, "已打款", "已到账", f"{made.number}.1"):
        assert name in page
    assert second.post(reverse("desk:settlement-payout", args=[payout.id]), told).status_code == 409
    lines = {row[0] for row in sql("SELECT action FROM kernel_audit WHERE action LIKE 'settlement.%%'", [])}
    assert {"settlement.statement_approved", "settlement.file_fetched", "settlement.payout_resolved"} <= lines


def test_what_failed_is_paid_again_and_never_twice_at_once(shop: Shop) -> None:
    made = approved(shop, party(shop))
    client, pay = proved(shop.id, Role.FINANCE), reverse("desk:settlement-payouts")
    form = {"bank": "icbc", "pick": str(made.id)}
    assert client.post(pay, form).status_code == 302
    assert client.post(pay, form).status_code == 409
    [payout] = settlement.payouts(shop.id, made.id)
    where = reverse("desk:settlement-payout", args=[payout.id])
    assert client.post(where, {"act": "failed"}).status_code == 422
    assert client.post(where, {"act": "failed", "note": "户名不符"}).status_code == 302
    assert settlement.statement(shop.id, made.id).state == "confirmed"
    assert "人工登记为没有到账" in text(client, "settlement-statement", made.id)
    assert client.post(pay, form).status_code == 409
    # Whoever said so does not also say that it is paid again.
    other = proved(shop.id, Role.FINANCE)
    assert act(client, made, "approve") == 409
    assert act(other, made, "approve") == 302
    assert client.post(pay, form).status_code == 302
    assert [one.state for one in settlement.payouts(shop.id, made.id)] == ["failed", "requested"]


def test_an_approval_is_for_the_account_that_was_seen(shop: Shop) -> None:
    one = party(shop)
    made = stated(shop, one)
    confirm_statement(shop_id=shop.id, statement_id=made.id, actor="test", now=utc_now())
    client = proved(shop.id, Role.FINANCE)
    page = text(client, "settlement-statement", made.id)
    assert one.bank_changed_at is not None
    seen = one.bank_changed_at.isoformat()
    assert f'name="bank_seen" value="{escape(seen)}"' in page
    told = Bank("别人", "招商银行", "6214830000009876")
    set_bank(shop_id=shop.id, party_id=one.id, bank=told, actor="test", now=utc_now())
    assert act(client, made, "approve", bank_seen=seen) == 409
    assert settlement.statement(shop.id, made.id).approvals == ()


def test_every_kind_of_item_has_its_words(shop: Shop) -> None:
    """Differences of an agreement and what a channel has split stand on statements, too."""
    one, now = party(shop), utc_now()
    owed = f"2206:distributor:{one.code}"
    entries = [
        Entry(f"{kind}:{uuid4()}", f"finance.{kind}", (Line("6601:commission", minor), Line(owed, -minor)), now)
        for kind, minor in (("share", 900), ("reshare", 200), ("bysplit", -100))
    ]
    post(shop_id=shop.id, currency="CNY", entries=entries, now=now)
    made = stated(shop, one)
    page = text(proved(shop.id, Role.FINANCE), "settlement-statement", made.id)
    assert "协议变更补差" in page
    assert "渠道分账已付" in page
    assert len(settlement.explained(made)) == 3


def test_a_statement_is_taken_back_with_a_reason_and_made_anew(shop: Shop) -> None:
    one = party(shop)
    made = stated(shop, one)
    client = proved(shop.id, Role.FINANCE)
    before = state_of_all()
    assert act(client, made, "reject") == 422
    assert act(client, made, "remake") == 409
    assert act(client, made, "nothing") == 422
    assert state_of_all() == before
    assert act(client, made, "reject", reason="少算了一笔") == 302
    assert "少算了一笔" in text(client, "settlement-statement", made.id)
    assert act(client, made, "remake") == 302
    newer = settlement.successor(shop.id, made.id)
    assert newer is not None
    assert newer.version == 2
    assert "已有第 2 版" in text(client, "settlement-statement", made.id)


def test_a_new_bank_account_freezes_payouts(shop: Shop) -> None:
    one = party(shop)
    made = approved(shop, one)
    client = proved(shop.id, Role.FINANCE)
    where = reverse("desk:finance-party-bank", args=[one.id])
    sent = {"name": "李记", "bank": "招商银行", "account": "6214830000009876"}
    assert client.post(where, {**sent, "account": ""}).status_code == 422
    assert client.post(where, sent).status_code == 302
    page = text(client, "finance-party", one.id)
    assert "收款账户或结算约定刚更改" in page
    assert "账号尾号 9876" in page
    assert "6214830000009876" not in page
    assert "24 小时" not in page or "暂停" in page
    assert "暂停到" in text(client, "settlement-payouts")
    assert "收款账户或结算约定刚更改" in text(client, "settlement-statement", made.id)
    before = sql("SELECT count(*) FROM settlement_payout"), sql("SELECT count(*) FROM ledger_tx")
    assert client.post(reverse("desk:settlement-payouts"), {"bank": "plain", "pick": str(made.id)}).status_code == 409
    assert (sql("SELECT count(*) FROM settlement_payout"), sql("SELECT count(*) FROM ledger_tx")) == before
    # A day later the freeze is over, and the approval, given for the other account, is gone.
    long_ago = utc_now().replace(year=2025)
    set_bank(shop_id=shop.id, party_id=one.id, bank=Bank("李记", "招商银行", "62148300"), actor="test", now=long_ago)
    answer = client.post(reverse("desk:settlement-payouts"), {"bank": "plain", "pick": str(made.id)})
    assert answer.status_code == 409
    assert made.number in answer.content.decode()
    assert settlement.statement(shop.id, made.id).state == "confirmed"


def test_only_finance_and_owners_act(shop: Shop) -> None:
    made = approved(shop, party(shop))
    payable = {"bank": "plain", "pick": str(made.id)}
    before = state_of_all()
    for role in (Role.OPERATOR, Role.SUPPORT, Role.VIEWER):
        client = inside(shop.id, role)
        for name in ("settlement", "settlement-statements", "settlement-payouts", "settlement-policy"):
            assert client.get(reverse(f"desk:{name}")).status_code == 403
        assert act(client, made, "reject", reason="x") == 403
        assert client.post(reverse("desk:settlement-payouts"), payable).status_code == 403
    unproven = inside(shop.id, Role.FINANCE)
    for answer in (
        unproven.post(reverse("desk:settlement-payouts"), payable),
        unproven.post(reverse("desk:settlement-statement-act", args=[made.id]), {"act": "reject", "reason": "x"}),
        unproven.post(reverse("desk:settlement-statement-file", args=[made.id]), {"kind": "xlsx"}),
        unproven.get(reverse("desk:settlement-policy")),
    ):
        assert "/prove" in answer["Location"]
    after = {name: mark for name, mark in state_of_all().items() if not name.startswith(("identity_", "auth_"))}
    assert after == {name: before[name] for name in after}


def test_a_statement_is_taken_along(shop: Shop) -> None:
    made = stated(shop, party(shop))
    client, where = proved(shop.id, Role.FINANCE), reverse("desk:settlement-statement-file", args=[made.id])
    taken = client.post(where, {"kind": "csv"})
    assert taken["Content-Disposition"] == f'attachment; filename="{made.number}-v1.csv"'
    assert "12.00" in b"".join(taken.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    assert client.post(where, {"kind": "exe"}).status_code == 422


def test_what_is_held_back_is_given_back_once(shop: Shop) -> None:
    one = party(shop, hold_back_bp=1_000)
    approved(shop, one, 10_000)
    client, where = proved(shop.id, Role.FINANCE), reverse("desk:finance-party-act", args=[one.id])
    assert settlement.cycle(shop.id, one.id, utc_now()).held_minor == 1_000
    form = {"act": "release", "amount": "4.00", "reason": "合作满一年", "release_id": str(uuid4())}
    assert client.post(where, {**form, "reason": ""}).status_code == 422
    assert client.post(where, {**form, "amount": "10.01"}).status_code == 409
    assert [client.post(where, form).status_code for _ in range(2)] == [302, 302]
    assert settlement.cycle(shop.id, one.id, utc_now()).held_minor == 600


def test_a_link_is_shown_once_and_taken_back(shop: Shop) -> None:
    one = party(shop)
    owe(shop, one, 100)
    client, where = proved(shop.id, Role.FINANCE), reverse("desk:finance-party-act", args=[one.id])
    page = client.post(where, {"act": "link", "days": "7"}).content.decode()
    token = page.split("/partner/")[1].split("<")[0]
    opened = settlement.open_link(token, utc_now())
    assert opened.party_id == one.id
    page = text(client, "finance-party", one.id)
    assert token not in page
    assert "有效到" in page
    assert client.post(where, {"act": "link", "days": "999"}).status_code == 422
    assert client.post(where, {"act": "revoke"}).status_code == 302
    assert settlement.links_of(shop.id, one.id, utc_now()) == []


def test_how_a_shop_settles(shop: Shop) -> None:
    client, where = proved(shop.id, Role.FINANCE), reverse("desk:settlement-policy")
    form = {"two_from": "5000.00", "bank": "main", "payer_name": "好码", "payer_bank": "工行", "payer_account": ACCOUNT}
    assert client.post(where, {**form, "two_from": "-1"}).status_code == 422
    assert client.post(where, {**form, "bank": "no such"}).status_code == 422
    assert client.post(where, form).status_code == 302
    page = text(client, "settlement-policy")
    assert "尾号 4567" in page
    assert ACCOUNT not in page
    # Left empty it stays.
    assert client.post(where, {**form, "payer_account": "", "two_from": "0"}).status_code == 302
    assert (settlement.policy(shop.id).payer_account, settlement.policy(shop.id).two_from_minor) == (ACCOUNT, 0)
