"""The page where cards are redeemed: what it shows to whom, and that a wrong code tells nothing."""

import logging
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from goodfor.cards import queries as cards
from goodfor.cards import states
from goodfor.cards.models import Card, Use
from goodfor.cards.operations.export_codes import allow_export, ask_export, export_codes
from goodfor.cards.operations.make_batch import make_batch, write_cards
from goodfor.cards.operations.set_program import make_program
from goodfor.cards.operations.walk import activate_cards, ask_revoke
from goodfor.cards.types import BatchWish, ProgramWish, Skin
from goodfor.identity import queries as identity
from goodfor.identity.models import Shop
from goodfor.identity.tests.factories import make_shop, make_staff
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.payments.operations.open_account import open_account
from goodfor.risk.doors import typos
from goodfor.risk.doors.codes import new_code
from goodfor.storefront.tests.account_flow import browser
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SKIN = Skin("甲品牌", "#ffffff", "#1f4d3a", "祝你天天开心")


@pytest.fixture(autouse=True)
def _no_slips() -> None:
    typos.forget()


def deal(shop_id: UUID, face: str, skus: tuple[UUID, ...] = (), value: int = 0, size: int = 2) -> list[str]:
    """Printed codes of good cards."""
    now, shop = utc_now(), identity.shop_by_id(shop_id)
    one, two = make_staff(shop, now).actor, make_staff(shop, now).actor
    program = make_program(shop_id=shop_id, wish=ProgramWish("春节卡", face, SKIN, skus, value), actor=one, now=now)
    batch = make_batch(
        shop_id=shop_id, wish=BatchWish(program.id, "批", size, 100, states.BY_BATCH), actor=one, now=now
    )
    while write_cards(now=now):
        pass
    asked: dict[str, Any] = {"shop_id": shop_id, "batch_id": batch.id, "now": now}
    activate_cards(**asked, actor=one)
    ask_export(**asked, actor=one)
    allow_export(**asked, actor=two)
    return [code for _serial, code in export_codes(**asked, actor=one)]


@pytest.fixture
def balances(world: World) -> World:
    """The shop takes what it owes as payment."""
    if not orders.takes_balance(world.shop_id, "CNY"):
        open_account(
            shop_id=world.shop_id, provider="balance", code="balance", name="余额", currency="CNY", config={},
            secrets={}, methods=("balance",), enabled=True, actor="test", now=utc_now(),
        )  # fmt: skip
    return world


def hidden(page: Any) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', page.content.decode()))


def test_goods_by_a_card_from_the_code_to_the_order(balances: World) -> None:
    world, client = balances, browser()
    codes = deal(world.shop_id, states.PRODUCT, (world.sku_id,))
    form = client.get("/redeem")
    assert form.status_code == 200
    assert SKIN.brand not in form.content.decode()
    page = client.post("/redeem", {"code": f" {codes[0].lower()} "})
    text = page.content.decode()
    assert page.status_code == 200
    assert SKIN.brand in text
    assert SKIN.words in text
    assert codes[0] not in text
    assert codes[0].replace("-", "") not in text
    sent = {"card": hidden(page)["card"], "sku": str(world.sku_id)}
    assert client.post("/redeem/take", {**sent, "contact": "no contact"}).status_code == 422
    # What one browser holds is nothing in another.
    assert browser().post("/redeem/take", sent).status_code == 404
    done = client.post("/redeem/take", {**sent, "contact": "a@example.com"})
    assert done.status_code == 302, done.content.decode()
    assert client.get(done["Location"]).status_code == 200
    # Once more by the same page: the same order.
    assert client.post("/redeem/take", sent)["Location"] == done["Location"]
    assert Use.objects.filter(shop_id=world.shop_id).count() == 1
    assert client.post("/redeem", {"code": codes[0]}).status_code == 404


def test_money_on_a_card_pays_an_order(balances: World) -> None:
    world, client = balances, browser()
    codes = deal(world.shop_id, states.VALUE, value=50_000)
    placed = client.post(
        "/checkout",
        {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1", "contact": "", "method": world.method},
    )
    number = placed["Location"].split("/")[2]
    assert f"/redeem?o={number}" in client.get(f"/o/{number}/pay").content.decode()
    bare = client.post("/redeem", {"code": codes[0]})
    assert "去挑选" in bare.content.decode()
    page = client.post("/redeem", {"code": codes[0], "o": number})
    assert number in page.content.decode()
    # Not by who has no proof of the order.
    stranger = browser()
    theirs = stranger.post("/redeem", {"code": codes[1], "o": number})
    assert "用这张卡付款" not in theirs.content.decode()
    assert stranger.post("/redeem/pay", {"card": hidden(page)["card"], "o": number})["Location"] == "/lookup"
    done = client.post("/redeem/pay", hidden(page))
    assert done["Location"] == f"/o/{number}"
    assert orders.order_view(world.shop_id, Use.objects.get(shop_id=world.shop_id).order_id).state == "delivered"


def test_too_little_and_another_kind(balances: World) -> None:
    world, client = balances, browser()
    little, goods = deal(world.shop_id, states.VALUE, value=1), deal(world.shop_id, states.PRODUCT, (world.sku_id,))
    placed = client.post(
        "/checkout",
        {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1", "contact": "", "method": world.method},
    )
    number = placed["Location"].split("/")[2]
    page = client.post("/redeem", {"code": little[0], "o": number})
    assert "卡内余额不够" in page.content.decode()
    held = hidden(client.post("/redeem", {"code": goods[0]}))["card"]
    assert client.post("/redeem/pay", {"card": held, "o": number}).status_code == 409
    held = hidden(client.post("/redeem", {"code": goods[0]}))["card"]
    assert client.post("/redeem/take", {"card": held, "sku": "x"}).status_code == 302
    assert client.post("/redeem/take", {"card": "x", "sku": "x"}).status_code == 404


def test_a_wrong_code_tells_nothing(balances: World, caplog: pytest.LogCaptureFixture) -> None:
    """Unknown, a slip, used, revoked, expired, not yet good, another shop's: one answer, to the byte but its token."""
    world, now = balances, utc_now()
    shop = identity.shop_by_id(world.shop_id)
    codes = deal(world.shop_id, states.PRODUCT, (world.sku_id,), size=5)
    Shop.objects.filter(id=world.shop_id).update(host="testserver")
    other = make_shop(now)
    foreign = deal(other.id, states.VALUE, value=100)[0]
    rows = {card.serial: card for card in Card.objects.filter(shop_id=world.shop_id).order_by("serial")}
    first = min(rows)
    client = browser()
    shown = client.post("/redeem", {"code": codes[0]})
    assert shown.status_code == 200, shown.content.decode()
    held = hidden(shown)
    client.post("/redeem/take", {"card": held["card"], "sku": str(world.sku_id)})
    actor = make_staff(shop, now).actor
    ask_revoke(
        shop_id=world.shop_id, batch_id=rows[first].batch_id, reason="x", kept=True, first=first + 1, last=first + 1,
        actor=actor, now=now,
    )  # fmt: skip
    Card.objects.filter(shop_id=world.shop_id, serial=first + 2).update(
        state=states.EXPIRED, expires_at=now - timedelta(days=1)
    )
    Card.objects.filter(shop_id=world.shop_id, serial=first + 3).update(expires_at=now - timedelta(seconds=1))
    slip = codes[4][:-1] + ("A" if codes[4][-1] != "A" else "B")
    with caplog.at_level(logging.DEBUG):
        wrong = [new_code(), slip, codes[0], codes[1], codes[2], codes[3], foreign, "", "x" * 90]
        answers = set()
        for code in wrong:
            answer = browser(REMOTE_ADDR=f"198.51.100.{len(answers) + wrong.index(code) + 1}").post(
                "/redeem", {"code": code}
            )
            answers.add((answer.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert SKIN.brand not in next(iter(answers))[1]
    said = caplog.text.upper()
    assert not [code for code in (*wrong[:7], *codes) if code in said or code.replace("-", "") in said]
    assert cards.card_by_code(world.shop_id, str(cards.normal_code(codes[4])), now).serial == first + 4


def test_the_door_shuts_for_who_guesses(balances: World) -> None:
    world, client = balances, browser()
    codes = deal(world.shop_id, states.PRODUCT, (world.sku_id,))
    client.get("/redeem")
    answers = [client.post("/redeem", {"code": new_code()}) for _ in range(8)]
    assert answers[0].status_code == 404
    shut = [one for one in answers if one.status_code != 404]
    assert shut
    assert SKIN.brand not in client.post("/redeem", {"code": codes[0]}).content.decode()


def test_both_languages_and_the_way_there(balances: World) -> None:
    client = Client()
    assert "/redeem" not in client.get("/me").content.decode()
    deal(balances.shop_id, states.VALUE, value=100)
    assert "/redeem" in client.get("/me").content.decode()
    client.post("/language", {"language": "en", "next": "/redeem"})
    assert client.get("/redeem").status_code == 200
