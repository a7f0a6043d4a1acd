"""What tells on thieves reaches risk control: bait, codes used before they were sold, warnings; and alarms."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from goodfor.config.risk_staff import marks_in
from goodfor.console.events import ExportWished, StolenCodeUsed
from goodfor.console.models import Look
from goodfor.console.operations.note_look import begin_look, end_look
from goodfor.console.operations.plant_canary import plant_canary
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.kernel.events import Event, publish
from goodfor.kernel.tenancy import platform_job
from goodfor.notify import queries as notify
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.orders import queries as orders
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import now as now
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import Till, begin, open_till, pay, place, relay_all, sql
from goodfor.risk import review_queries
from goodfor.risk.door_events import BaitRetired, DoorUnderAttack, HoneypotTouched
from goodfor.risk.doors import desk
from goodfor.risk.keys import key_of
from goodfor.risk.link_kinds import LinkKind
from goodfor.risk.operations.plant_canaries import plant_canaries
from goodfor.risk.types import KeyKind
from goodfor.supply.events import ComplaintEnded, SupplierAnswered, SupplierWarned
from goodfor.supply.inquiry_models import Inquiry
from goodfor.vault import queries as vault

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def code_of(shop: Shop, index: int) -> UUID:
    number, secret = shop.codes[index]
    found = vault.find_code(shop.demo.shop_id, number=number, secret=secret)
    assert found is not None
    return found


def sold(shop: Shop, till: Till, now: datetime, contact: str = "") -> Any:
    """A delivered order and the code that it holds."""
    order = place(shop, now, 1, contact=contact)
    pay(begin(till, order.order_id, now), now)
    [code_id] = [row[0] for row in sql("SELECT id FROM vault_code WHERE holder_id = %s", [order.lines[0].line_id])]
    return order, code_id


def news(shop: Shop, event: Event, now: datetime) -> None:
    publish(shop_id=shop.demo.shop_id, event=event, cause=("test", uuid4()), now=now)
    relay_all(now)


def answered(code_id: UUID, said: str, kind: str = "ask", used_at: datetime | None = None) -> SupplierAnswered:
    return SupplierAnswered(uuid4(), uuid4(), code_id, kind, said, used_at)


def bait(shop: Shop, now: datetime, index: int = 19) -> UUID:
    """One of the codes, made bait; its id."""
    code_id = code_of(shop, index)
    plant_canary(shop_id=shop.demo.shop_id, code_id=code_id, why="x", actor="staff:1", now=now)
    return code_id


def met() -> list[tuple[int, str]]:
    return [(count, place) for count, place in sql("SELECT met, place FROM risk_canary WHERE met > 0")]


# -- bait -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrapped", ["{n} {s}", "卡号：{n}，卡密：{s}。用不了", "试了好几次（{s}）都说用过了", "{n}----{s}"]
)
def test_bait_in_what_a_buyer_writes(shop: Shop, till: Till, now: datetime, wrapped: str) -> None:
    bait(shop, now)
    order, _code = sold(shop, till, now)
    reveal_codes(shop_id=shop.demo.shop_id, order_id=order.order_id, actor="b", ip="", now=now)
    number, secret = shop.codes[19]
    text = wrapped.format(n=number, s=secret)
    open_claim(
        shop_id=shop.demo.shop_id, order_id=order.order_id, line_id=order.lines[0].line_id, reason="used", text=text,
        actor="b", now=now,
    )  # fmt: skip
    relay_all(now)
    assert {place for _count, place in met()} == {"claim"}
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'risk.canary_seen'")[0][0] >= 1
    # The stock is outside: whoever redeems pays for each try.
    [attack] = desk.attacks(shop_id=shop.demo.shop_id, now=now)
    assert (attack.door, attack.why, attack.batch) == ("redeem", "canary", "")


def test_honest_words_are_no_bait(shop: Shop, till: Till, now: datetime) -> None:
    bait(shop, now)
    order, _code = sold(shop, till, now)
    number, secret = shop.codes[0]
    reveal_codes(shop_id=shop.demo.shop_id, order_id=order.order_id, actor="b", ip="", now=now)
    open_claim(
        shop_id=shop.demo.shop_id, order_id=order.order_id, line_id=order.lines[0].line_id, reason="used",
        text=f"我的卡密 {number} {secret} 用不了", actor="b", now=now,
    )  # fmt: skip
    relay_all(now)
    assert met() == []
    assert desk.attacks(shop_id=shop.demo.shop_id, now=now) == []
    assert len(marks_in(shop.demo.shop_id, "x" * 5000 + " word" * 500)) <= 120


@pytest.mark.parametrize(("said", "place"), [("used", "redeem"), ("voided", "supplier"), ("unused", "")])
def test_bait_in_what_suppliers_say(shop: Shop, now: datetime, said: str, place: str) -> None:
    code_id = bait(shop, now)
    news(shop, answered(code_id, said, "void"), now)
    assert met() == ([(1, place)] if place else [])
    news(shop, answered(code_of(shop, 3), said, "void"), now)
    assert len(met()) == bool(place)


def test_bait_in_a_complaint(shop: Shop, now: datetime) -> None:
    bait(shop, now)
    subject, (_number, secret) = uuid4(), shop.codes[19]
    row = Inquiry(
        shop_id=shop.demo.shop_id, subject=subject, attempt_id=uuid4(), supplier_id=uuid4(), kind="complain",
        asked_at=now, next_at=now, reply=f"这张卡 {secret} 不是我们的",
    )  # fmt: skip
    row.save(force_insert=True)
    news(shop, ComplaintEnded(row.id, subject, row.attempt_id, row.supplier_id, "refused", 0, "CNY"), now)
    assert met() == [(1, "supplier")]


def test_bait_that_was_sold_after_all_is_seen_when_it_is_shown(shop: Shop, till: Till, now: datetime) -> None:
    """Somebody put stolen goods into the stock: the text is that of bait, the row is not."""
    order, code_id = sold(shop, till, now)
    number, secret = next(
        pair for pair in shop.codes if vault.find_code(shop.demo.shop_id, number=pair[0], secret=pair[1]) == code_id
    )
    plant_canaries(
        shop_id=shop.demo.shop_id, sku_id=shop.sku_id, why="x", actor="staff:1", now=now,
        fingerprints=vault.marks_of(shop.demo.shop_id, secret=secret, number=number),
    )  # fmt: skip
    reveal_codes(shop_id=shop.demo.shop_id, order_id=order.order_id, actor="b", ip="", now=now)
    assert met() == [(1, "reveal")] * 2


# -- codes that were stolen -------------------------------------------------------------------------------


def looked(shop: Shop, code_id: UUID | None, at: datetime, *, unsold: int = 1, kind: str = "code") -> UUID:
    """Somebody of the staff saw it, by a decision."""
    batch_id = vault.code_place(shop.demo.shop_id, code_id or code_of(shop, 0)).batch_id
    look_id = begin_look(
        shop_id=shop.demo.shop_id, staff_id=uuid4(), kind=kind, codes=max(unsold, 1), unsold=unsold, now=at,
        code_id=code_id, batch_id=batch_id, taken=uuid4() if kind == "export" else None,
    )  # fmt: skip
    decision_id = uuid4()
    end_look(shop_id=shop.demo.shop_id, look_id=look_id, decision_id=decision_id)
    return decision_id


def bad(shop: Shop, decision_id: UUID) -> list[tuple[bool, str]]:
    return [(one.bad, one.source) for one in review_queries.labels_of(shop.demo.shop_id, decision_id=decision_id)]


def marked() -> int:
    with platform_job("test"):
        return Look.objects.filter(redeemed_at__isnull=False).count()


def test_who_had_seen_a_stolen_code(shop: Shop, now: datetime) -> None:
    """By itself, or with its batch, unsold; not who saw it after, another one, or when it was sold."""
    code_id, used_at = code_of(shop, 2), now - 5 * MINUTE
    mine, file = looked(shop, code_id, now - 60 * MINUTE), looked(shop, None, now - 90 * MINUTE, kind="export")
    after, other = looked(shop, code_id, now - MINUTE), looked(shop, code_of(shop, 3), now - 60 * MINUTE)
    of_sold = looked(shop, code_id, now - 60 * MINUTE, unsold=0)
    for _ in range(2):
        news(shop, answered(code_id, "used", used_at=used_at), now)
    assert [bad(shop, one) for one in (mine, file)] == [[(True, "supplier_notice")]] * 2
    assert [bad(shop, one) for one in (after, other, of_sold)] == [[]] * 3
    assert marked() == 2
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'console.stolen_code_used'") == [(1,)]


def test_a_code_that_its_buyer_used_was_not_stolen(shop: Shop, till: Till, now: datetime) -> None:
    _order, code_id = sold(shop, till, now)
    mine = looked(shop, code_id, now - 60 * MINUTE)
    news(shop, answered(code_id, "used", used_at=now + MINUTE), now + 2 * MINUTE)
    news(shop, answered(code_id, "used"), now + 2 * MINUTE)
    assert (bad(shop, mine), marked()) == ([], 0)
    news(shop, answered(code_id, "used", used_at=now - MINUTE), now + 2 * MINUTE)
    assert (bad(shop, mine), marked()) == ([(True, "supplier_notice")], 1)


# -- suppliers who warn ------------------------------------------------------------------------------------


def of_order(shop: Shop, order_id: UUID) -> list[tuple[bool, str, datetime]]:
    found = review_queries.labels_of(shop.demo.shop_id, subject=("order", order_id))
    return [(one.bad, one.source, one.known_at) for one in found]


@pytest.mark.parametrize("kind", ["stolen", "charged_back", "fraud"])
def test_a_supplier_warns_about_an_order(shop: Shop, till: Till, now: datetime, kind: str) -> None:
    order, _code = sold(shop, till, now)
    later = now + timedelta(days=3)
    for _ in range(2):
        news(shop, SupplierWarned(uuid4(), uuid4(), order.order_id, order.lines[0].line_id, kind), later)
    assert of_order(shop, order.order_id) == [(True, "supplier_notice", later)]
    news(shop, SupplierWarned(uuid4(), uuid4(), None, None, kind), later)


def test_what_they_took_back_unasked_was_not_honest(shop: Shop, till: Till, now: datetime) -> None:
    order, code_id = sold(shop, till, now)
    news(shop, answered(code_id, "voided", "void"), now)
    assert of_order(shop, order.order_id) == []
    news(shop, answered(code_id, "voided", "ask"), now + MINUTE)
    assert of_order(shop, order.order_id) == [(True, "supplier_notice", now + MINUTE)]
    # Nobody's code, and one that is not there, label nothing.
    news(shop, answered(code_of(shop, 12), "voided"), now)
    news(shop, answered(uuid4(), "voided"), now)
    assert sql("SELECT count(*) FROM risk_label") == [(1,)]
    assert sql("SELECT count(*) FROM kernel_event_retry") == [(0,)]


# -- alarms -------------------------------------------------------------------------------------------------


@pytest.fixture
def owner(shop: Shop, now: datetime) -> str:
    """Somebody who is told; the shop has a way to tell."""
    open_channel_account(
        shop_id=shop.demo.shop_id, channel="email", provider="smtp", name="mail",
        config={"host": "127.0.0.1", "port": 9, "security": "none", "from_email": "shop@shop.example"}, secrets={},
        actor="test", now=now,
    )  # fmt: skip
    for role in ("owner", "operator"):
        user_id = create_user(username=f"{role}@staff.example")
        get_user_model().objects.filter(pk=user_id).update(email=f"{role}@staff.example")
        person = add_staff(shop_id=shop.demo.shop_id, user_id=user_id, role=role, actor="test", now=now)
        if role == "owner":
            found = str(person.id)
    return found


def alarms(shop: Shop) -> list[str]:
    rows = sql("SELECT id FROM notify_message WHERE scene = 'risk_alarm' ORDER BY id")
    texts = [notify.message_content(shop.demo.shop_id, row[0]) for row in rows]
    return [f"{one.subject} {one.text} {one.link}" for one in texts if one is not None]


def test_each_alarm_is_told_to_the_owner_alone(shop: Shop, now: datetime, owner: str) -> None:
    code_id, stolen = bait(shop, now), uuid4()
    told: list[tuple[Event, tuple[str, ...]]] = [
        (answered(code_id, "used"), ("金丝雀卡密在外出现", "兑换", "/console/risk/traps/?tab=canaries")),
        (HoneypotTouched(uuid4(), "redeem", ""), ("有人使用诱饵码", "卡码兑换", reverse("desk:risk-traps"))),
        (DoorUnderAttack("sign_in", "", "rate", 61, now + MINUTE),
         ("入口正被攻击", "登录", "61", reverse("desk:risk-doors") + "?door=sign_in")),
        (ExportWished(uuid4(), "codes", UUID(owner), 40, True, now + timedelta(hours=12)),
         ("有人要导出卡密", "owner@staff.example", "40", reverse("desk:export-wishes"))),
        (StolenCodeUsed(stolen, uuid4(), [UUID(owner)], now),
         ("看过的未售卡密被盗用", "owner@staff.example", reverse("desk:code-one", args=[stolen]))),
        (BaitRetired(uuid4(), "canary", f"staff:{owner}"),
         ("诱饵被撤下", "owner@staff.example", "金丝雀卡密", "/console/risk/traps/?tab=canaries&retired=1")),
    ]  # fmt: skip
    for count, (event, words) in enumerate(told, start=1):
        news(shop, event, now)
        found = alarms(shop)
        assert len(found) == count, found
        assert [word for word in words if word not in found[-1]] == []
    # With two there is somebody to ask; the alarm about bait is told once, though its door asks for proofs.
    news(shop, ExportWished(uuid4(), "codes", UUID(owner), 40, False, None), now)
    assert len(alarms(shop)) == len(told)
    assert sql("SELECT DISTINCT channel FROM notify_message WHERE scene = 'risk_alarm'") == [("email",)]


# -- who belongs together -----------------------------------------------------------------------------------


def hints(shop: Shop, buyer: str) -> int:
    key = key_of(shop.demo.shop_id, KeyKind.BUYER, buyer)
    rows = sql("SELECT count(*) FROM risk_link WHERE buyer = %s AND kind = %s", [key, int(LinkKind.PATTERN)])
    return int(rows[0][0])


def test_mailboxes_of_paid_orders_are_noted_in_the_background(shop: Shop, till: Till, now: datetime) -> None:
    order, _code = sold(shop, till, now, contact="promo17@163.com")
    assert sql("SELECT count(*) FROM risk_link") == [(0,)]
    relay_all(now)
    buyer = orders.buyer_named(shop.demo.shop_id, order.order_id)
    assert hints(shop, buyer) == 1
    sold(shop, till, now, contact="13800138000")
    relay_all(now)
    assert sql("SELECT count(*) FROM risk_link") == [(1,)]
    assert sql("SELECT count(*) FROM kernel_event_retry") == [(0,)]
