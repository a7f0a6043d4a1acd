"""A party's way to its statements without an account: a signed token in an address, which ends and can be taken back.

The token names the shop, the party and the row that says when it ends; nothing of it is secret but the signature.
"""

from datetime import datetime
from uuid import UUID

from django.core import signing

from goodfor.settlement.errors import LinkInvalid
from goodfor.settlement.models import Link
from goodfor.settlement.types import LinkView

SALT = "settlement.link"


def token_of(link: LinkView) -> str:
    """The token for the address: letters, digits, `-`, `_` and `:`."""
    return signing.dumps([link.shop_id.hex, link.id.hex], salt=SALT)


def opened(token: str, now: datetime) -> LinkView:
    """What a token opens. Raises LinkInvalid: forged, ended or taken back are one answer."""
    try:
        shop, link = signing.loads(token[:400], salt=SALT)
        shop_id, link_id = UUID(shop), UUID(link)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise LinkInvalid from None
    row = Link.objects.filter(shop_id=shop_id, id=link_id, revoked_at__isnull=True, expires_at__gt=now).first()
    if row is None:
        raise LinkInvalid
    return LinkView(row.id, row.shop_id, row.party_id, row.expires_at)
