"""A card whose code was shown a moment ago: named by a signed text in the page, so that its code is typed once.

The text holds no code, is good for this browser's buyer alone and for a quarter of an hour.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core import signing

from goodfor.cards.errors import CardRefused
from goodfor.identity.types import ShopView
from goodfor.kernel.ids import secret_token

AGE: Final = timedelta(minutes=15)


def hold(shop: ShopView, card_id: UUID, ref: str) -> str:
    """The text for a page; with it comes the key by which the same request is known again."""
    return signing.dumps([card_id.hex, ref, secret_token(16)], salt=_salt(shop))


def held(shop: ShopView, text: str, ref: str) -> tuple[UUID, str]:
    """Which card a page holds, and the key of its request. Raises CardRefused: too late, or another browser's."""
    try:
        card_id, owner, key = signing.loads(text[:400], salt=_salt(shop), max_age=AGE)
        if owner == ref:
            return UUID(card_id), str(key)
    except (signing.BadSignature, TypeError, ValueError):
        pass
    raise CardRefused


def _salt(shop: ShopView) -> str:
    return f"storefront.card:{shop.id}"
