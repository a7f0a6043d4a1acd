"""An employee's way in: a signed token in an address.

It says who, and the how manieth link it is; the row says whether that still counts.
"""

from uuid import UUID

from django.core import signing

from goodfor.welfare.errors import NotInvited

SALT = "welfare.link"


def token_of(shop_id: UUID, employee_id: UUID, link_no: int) -> str:
    """The token for the address: letters, digits, `-`, `_` and `:`."""
    return signing.dumps([shop_id.hex, employee_id.hex, link_no], salt=SALT)


def opened(shop_id: UUID, token: str) -> tuple[UUID, int]:
    """The employee and the link's number. Raises NotInvited: forged and another shop's are one answer."""
    try:
        shop, employee, number = signing.loads(token[:400], salt=SALT)
        found = UUID(shop), UUID(employee), int(number)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise NotInvited from None
    if found[0] != shop_id:
        raise NotInvited
    return found[1], found[2]
