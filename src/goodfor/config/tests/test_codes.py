"""One-time codes go out by the shop's own channels, and an erased buyer's address is forgotten there."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from goodfor.config import codes
from goodfor.identity.operations.delete_account import request_deletion
from goodfor.identity.operations.erase_buyer import announce_erasure
from goodfor.identity.tests.buyers import make_buyer
from goodfor.identity.tests.factories import make_shop
from goodfor.identity.types import Contact, IssuedCode
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import Unavailable
from goodfor.kernel.events import StoredEvent

pytestmark = pytest.mark.django_db(transaction=True)


def rows(text: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()


def issued(contact: Contact) -> IssuedCode:
    return IssuedCode(uuid4(), "signin", contact, "918273", "zh-hans", utc_now() + timedelta(minutes=5))


def open_mail(shop_id: Any) -> None:
    from goodfor.notify.operations.open_channel_account import open_channel_account  # noqa: PLC0415

    open_channel_account(
        shop_id=shop_id, channel="email", provider="smtp", name="SMTP",
        config={"host": "127.0.0.1", "port": 9, "security": "none", "from_email": "shop@shop.example"},
        secrets={}, actor="test", now=utc_now(),
    )  # fmt: skip


def test_without_a_channel_no_code_is_promised() -> None:
    shop = make_shop(utc_now())
    for contact in (Contact("email", "lin@example.com"), Contact("phone", "+8613800138000")):
        with pytest.raises(Unavailable):
            codes.send(shop, issued(contact))
    assert rows("SELECT count(*) FROM notify_message") == [(0,)]


def test_a_code_is_queued_sealed_and_its_address_forgotten_with_the_account() -> None:
    now = utc_now()
    shop = make_shop(now)
    open_mail(shop.id)
    codes.send(shop, issued(Contact("email", "lin@example.com")))
    assert rows("SELECT count(*) FROM notify_message WHERE shop_id = %s", shop.id) == [(1,)]
    assert not rows("SELECT 1 FROM notify_message t WHERE t::text LIKE %s OR t::text LIKE %s", "%918273%", "%lin@ex%")
    buyer = make_buyer(shop.id, now)
    request_deletion(buyer=buyer, now=now)
    due = now + timedelta(days=7)
    assert announce_erasure(shop_id=shop.id, buyer_id=buyer.buyer_id, now=due)
    rows(
        "UPDATE notify_message SET state = 'failed', next_try_at = NULL, content_key_id = NULL, content_blob = NULL"
        " RETURNING id"
    )
    event = StoredEvent(1, shop.id, "identity.buyer_erasing", 1, {"buyer_id": str(buyer.buyer_id)}, None, due)
    codes.on_buyer_erasing(event)
    assert rows("SELECT recipient_blob IS NULL FROM notify_message") == [(True,)]
