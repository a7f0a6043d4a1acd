"""Queued in a transaction, sent by the loop to a real mail server, logged."""

import pytest
from django.db import transaction

from goodfor.notify import queries
from goodfor.notify.tests.world import World, address, rows
from goodfor.notify.types import MessageFilter, Recipient


@pytest.mark.django_db(transaction=True)
def test_an_order_is_told_by_mail(world: World) -> None:
    world.smtp()
    to = address()
    queued = world.send("order_delivered", [Recipient("email", to, "林 小满")], subject="order:1")
    assert len(queued.message_ids) == 1
    assert queued.skipped == ()
    assert world.letters("smtp", to) == []

    assert world.deliver() == 1

    (letter,) = world.letters("smtp", to)
    assert letter["content"]["subject"] == "已发货：星河影视会员 月卡"
    assert "G260101ABCDEFGH23" in letter["content"]["text"]
    assert "查看商品 https://shop.example/orders/G260101ABCDEFGH23" in letter["content"]["text"]
    assert "<html" in letter["content"]["html"]
    assert letter["content"]["to"] == f"林 小满 <{to}>"
    message = world.message(queued)
    assert (message.state, message.attempts, message.provider, message.failure) == ("sent", 1, "smtp", "")
    assert message.recipient == f"l***@{to.rpartition('@')[2]}"
    assert world.history(message.id) == ["queued", "sending", "sent"]
    assert world.deliver() == 0
    found = queries.messages(world.shop_id, MessageFilter(channel="email", recipient=to))
    assert [m.id for m in found] == [message.id]


@pytest.mark.django_db(transaction=True)
def test_what_rolls_back_is_never_told(world: World) -> None:
    world.smtp()
    to = address()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        world.send("order_delivered", [Recipient("email", to)])
        _ = 1 / 0
    assert world.deliver() == 0
    assert rows("SELECT count(*) FROM notify_message WHERE shop_id = %s", [world.shop_id]) == [(0,)]
    assert rows("SELECT count(*) FROM notify_notice WHERE shop_id = %s", [world.shop_id]) == [(0,)]
    assert world.letters("smtp", to) == []
