"""A card code is in no message unless the shop said so for its SKU, and nowhere in the database."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.notify.operations.allow_codes import allow_codes
from goodfor.notify.tests.world import ACTOR, World, address, rows, whole_database
from goodfor.notify.types import Recipient

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, SECRET = "GF77000000000001", "QW4RTY7ZXCV9BNM2"


def context(sku_id: UUID) -> dict[str, Any]:
    codes = [{"number": NUMBER, "secret": SECRET, "expires_at": None}]
    return {"order": {"number": "G1", "title": "卡"}, "lines": [{"sku_id": sku_id, "title": "卡", "codes": codes}]}


def everything_sent(world: World) -> str:
    return str(world.letters(""))


def nowhere(world: World, *, sent: bool) -> None:
    stored = whole_database()
    for code in (NUMBER, SECRET):
        assert code not in stored
        assert code.encode().hex() not in stored
        assert (code in everything_sent(world)) == sent


def test_not_unless_allowed(world: World) -> None:
    world.smtp()
    sku, other = uuid4(), uuid4()
    allow_codes(shop_id=world.shop_id, sku_id=other, allowed=True, actor=ACTOR, now=world.now)
    to = address()
    queued = world.send("order_delivered", [Recipient("email", to)], context=context(sku))
    world.deliver()
    assert world.message(queued).state == "sent"
    assert world.message(queued).secret is False
    assert SECRET not in str(world.letters("smtp", to))
    nowhere(world, sent=False)


def test_allowed_for_the_sku_and_wiped_when_sent(world: World) -> None:
    world.smtp()
    sku = uuid4()
    allow_codes(shop_id=world.shop_id, sku_id=sku, allowed=True, actor=ACTOR, now=world.now)
    to = address()
    queued = world.send("order_delivered", [Recipient("email", to)], context=context(sku))
    nowhere(world, sent=False)
    world.deliver()
    assert SECRET in world.letters("smtp", to)[0]["content"]["text"]
    message = world.message(queued)
    assert (message.state, message.secret, message.has_content) == ("sent", True, False)
    nowhere(world, sent=True)


def test_no_longer_allowed(world: World) -> None:
    world.smtp()
    sku = uuid4()
    for allowed in (True, False):
        allow_codes(shop_id=world.shop_id, sku_id=sku, allowed=allowed, actor=ACTOR, now=world.now)
    to = address()
    world.send("order_delivered", [Recipient("email", to)], context=context(sku))
    world.deliver()
    assert SECRET not in str(world.letters("smtp", to))
    said = rows("SELECT data->>'allowed' FROM kernel_audit WHERE action = 'notify.codes_in_messages' ORDER BY id")
    assert said == [("true",), ("false",)]


def test_another_shops_word_is_not_ours(world: World) -> None:
    world.smtp()
    sku = uuid4()
    stranger = World(world.running, world.now)
    allow_codes(shop_id=stranger.shop_id, sku_id=sku, allowed=True, actor=ACTOR, now=world.now)
    to = address()
    world.send("order_delivered", [Recipient("email", to)], context=context(sku))
    world.deliver()
    assert SECRET not in str(world.letters("smtp", to))


@pytest.mark.parametrize("scene", ["order_paid", "order_refunded"])
def test_no_other_scene_has_them(world: World, scene: str) -> None:
    world.smtp()
    sku = uuid4()
    allow_codes(shop_id=world.shop_id, sku_id=sku, allowed=True, actor=ACTOR, now=world.now)
    given = {**context(sku), "codes": [SECRET], "order": {"number": "G1", "codes": SECRET}}
    to = address()
    world.send(scene, [Recipient("email", to)], context=given)
    world.deliver()
    assert SECRET not in str(world.letters("smtp", to))


def test_what_lights_up_on_a_locked_screen_has_none(world: World) -> None:
    world.webpush()
    sku = uuid4()
    allow_codes(shop_id=world.shop_id, sku_id=sku, allowed=True, actor=ACTOR, now=world.now)
    browser = world.browser("buyer:1")
    queued = world.send("order_delivered", [Recipient("webpush", "buyer:1")], context=context(sku))
    world.deliver()
    assert world.message(queued).state == "sent"
    assert SECRET not in str(world.letters("push", browser["token"]))
