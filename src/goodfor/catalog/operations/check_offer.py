"""What an offer may be: a step that the operations here share. It neither reads nor writes a table."""

import re
from collections.abc import Sequence

from goodfor.catalog.errors import InvalidOffer
from goodfor.kernel.money import Money

#: An order has up to 10,000 codes: even its total stays far below what Money and BIGINT hold.
MAX_PRICE_MINOR = 10**12
MAX_PER_ORDER = 10_000
MIN_HOLD, MAX_HOLD = 60, 86_400
MAX_SCENES, MAX_SCENE = 6, 24
MAX_NAME, MAX_SLUG, MAX_SHELF_NAME = 120, 64, 64
#: Tiers of members are numbered from 0; a shop has at most twelve.
MOST_TIER = 11
_MAX_INTEGER = 2**31 - 1
# A slug is one segment of an address: a slash in one would break every page that links to it.
_SLUG = re.compile(r"[\w-]+")


def checked_text(field: str, text: str, most: int, *, needed: bool = False) -> str:
    """The text without white space around it. Raises InvalidOffer: missing, too long, or not text for PostgreSQL."""
    text = text.strip()
    if len(text) > most or (needed and not text) or "\x00" in text or not _encodes(text):
        raise InvalidOffer(field=field)
    return text


def checked_slug(slug: str) -> str:
    """The slug: letters and digits of any script, - and _. Raises InvalidOffer."""
    if len(slug) > MAX_SLUG or not _SLUG.fullmatch(slug):
        raise InvalidOffer(field="slug")
    return slug


def checked_scenes(scenes: Sequence[str]) -> list[str]:
    """At most six different scenes, each a word that can stand in an address. Raises InvalidOffer."""
    kept = list(dict.fromkeys(checked_text("scenes", scene, MAX_SCENE, needed=True) for scene in scenes))
    if len(kept) > MAX_SCENES or not all(_SLUG.fullmatch(scene) for scene in kept):
        raise InvalidOffer(field="scenes")
    return kept


def check_position(position: int) -> None:
    """Raise InvalidOffer for a position that its column does not hold."""
    if abs(position) > _MAX_INTEGER:
        raise InvalidOffer(field="position")


def check_price(price: Money, list_price: Money | None = None) -> None:
    """Raise InvalidOffer unless 0 < price <= list price <= MAX_PRICE_MINOR in one currency."""
    dearest = price if list_price is None else list_price
    if dearest.currency != price.currency or not 0 < price.amount_minor <= dearest.amount_minor <= MAX_PRICE_MINOR:
        raise InvalidOffer(field="price")


def check_limits(per_order_limit: int, per_buyer_limit: int | None) -> None:
    """Raise InvalidOffer for limits that their columns do not hold."""
    of_buyer = 1 if per_buyer_limit is None else per_buyer_limit
    if not 1 <= per_order_limit <= MAX_PER_ORDER or not 1 <= of_buyer <= _MAX_INTEGER:
        raise InvalidOffer(field="limit")


def check_hold(seconds: int) -> None:
    """Raise InvalidOffer unless codes are held for a minute to a day."""
    if not MIN_HOLD <= seconds <= MAX_HOLD:
        raise InvalidOffer(field="hold_seconds")


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_tier(least: int) -> None:
    """Raise InvalidOffer for a tier that no shop can have."""
    if not 0 <= least <= MOST_TIER:
        raise InvalidOffer(field="least_tier")
