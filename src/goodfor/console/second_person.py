"""Who counts as another person where two are needed for money: a payout above a line, a day that is closed."""

from datetime import datetime

from goodfor.console.errors import TooNewHere
from goodfor.console.types import Visitor
from goodfor.console.wish_queries import SENDS_AWAY, handed_over
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission


def colleagues(visitor: Visitor, now: datetime) -> list[str]:
    """Who else could be the second person, or could a day ago: whoever sends others away is not alone today."""
    people = [one for one in identity.staff_of_shop(visitor.shop.id) if one.id != visitor.staff.id]
    return [one.username for one in people if one.may(Permission.LEDGER_ADJUST) or handed_over(one, now, SENDS_AWAY)]


def must_be_oneself(visitor: Visitor, now: datetime) -> None:
    """Raise TooNewHere where a colleague gave this person their place, a role or a link within a day: whoever did that
    can come in as them.
    """
    if handed_over(visitor.staff, now):
        raise TooNewHere
