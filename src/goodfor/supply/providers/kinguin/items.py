"""Products of Kinguin, read: a product's price and count are those of its cheapest offers, an offer is a variant."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.kinguin.client import euros
from goodfor.supply.providers.kinguin.settings import CURRENCY
from goodfor.supply.providers.numbers import BadReply, records, text, whole
from goodfor.supply.providers.values import Category, Item, ItemSku, Stock

#: Of one order: without a wholesale offer, and of one.
MOST: Final = 9
MOST_WHOLESALE: Final = 1_000
#: From how many a level of wholesale begins.
_LEVELS: Final[Mapping[int, int]] = {1: 10, 2: 50, 3: 100, 4: 500}


def item_of(row: Mapping[str, Any], *, text_only: bool, whole_item: bool = True) -> Item:
    """One product. What is not out yet is not sold: nobody can promise when it comes. Raises BadReply."""
    number = whole(row.get("kinguinId"))
    if number is None or number <= 0:
        raise BadReply("no_item_id")
    offers = records(row.get("offers"))
    genres = _words(row.get("genres"))
    return Item(
        id=str(number),
        name=text(row.get("name") or row.get("originalName"), 200),
        kind="card",
        cost=_price(row),
        currency=CURRENCY,
        state="paused" if row.get("isPreorder") is True else "on",
        stock=_stock(row, "textQty" if text_only else "qty", "totalQty"),
        category=genres[0] if genres else "",
        brand=text(row.get("platform"), 100),
        most=MOST_WHOLESALE if any(_wholesale(one) for one in offers) else MOST,
        skus=tuple(_sku(one, text_only=text_only) for one in offers),
        excluded_countries=frozenset(word.upper() for word in _words(row.get("countryLimitation"))),
        image=_image(row.get("images")),
        text="\n".join(
            filter(None, (text(row.get(k)) for k in ("originalName", "regionalLimitations", "activationDetails")))
        ),
        whole=whole_item,
    )


def _price(row: Mapping[str, Any]) -> Decimal:
    cost = euros(row.get("price"))
    if cost is None or cost < 0:
        raise BadReply("bad_price")
    return cost


def _stock(row: Mapping[str, Any], sure: str, hoped: str) -> Stock:
    """`sure`: a count that can be had; `hoped`: one that only buying proves."""
    count, more = whole(row.get(sure)), whole(row.get(hoped))
    if count is None:
        return Stock("unknown")
    if count > 0:
        return Stock("exact", count)
    return Stock("low") if more and more > 0 else Stock("out", 0)


def _sku(row: Mapping[str, Any], *, text_only: bool) -> ItemSku:
    number = text(row.get("offerId"), 64)
    if not number:
        raise BadReply("no_sku")
    sure, hoped = ("availableTextQty", "textQty") if text_only else ("availableQty", "qty")
    name = " · ".join(filter(None, (text(row.get("merchantName"), 60), text(row.get("name"), 120))))
    return ItemSku(number, name or number, _price(row), _stock(row, sure, hoped), row.get("isPreorder") is not True)


def _wholesale(offer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The levels, where the offer has some."""
    terms = offer.get("wholesale")
    if not isinstance(terms, dict) or terms.get("enabled") is not True:
        return []
    return records(terms.get("tiers"))


def unit_of(row: Mapping[str, Any], offer_id: str, quantity: int) -> Decimal | None:
    """What one costs when so many are bought; None where so many cannot be. Raises BadReply."""
    if not offer_id:
        return _price(row) if quantity <= MOST else None
    offer = next((one for one in records(row.get("offers")) if text(one.get("offerId"), 64) == offer_id), None)
    if offer is None or quantity > MOST_WHOLESALE:
        return None
    if quantity <= MOST:
        return _price(offer)
    fitting = [
        (from_count, _price(tier))
        for tier in _wholesale(offer)
        if (from_count := _LEVELS.get(whole(tier.get("level")) or 0)) is not None and from_count <= quantity
    ]
    return max(fitting)[1] if fitting else None


def categories_of(told: Any) -> list[Category]:
    """Genres: a list of words, or of records with a name. Raises BadReply."""
    if not isinstance(told, list):
        raise BadReply("not_a_list")
    found = {}
    for one in told:
        name = text(one.get("name") if isinstance(one, dict) else one, 100)
        if name:
            found[name] = Category(name, name)
    return list(found.values())


def _words(value: Any) -> list[str]:
    return [text(one, 100) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _image(value: Any, depth: int = 0) -> str:
    """The first address of a picture, however it is wrapped; the cover before others."""
    if isinstance(value, str):
        return value[:500] if value.startswith("https://") else ""
    if depth > 4:
        return ""
    parts = value if isinstance(value, list) else []
    if isinstance(value, dict):
        parts = [value.get("cover"), *(one for name, one in value.items() if name != "cover")]
    return next(filter(None, (_image(one, depth + 1) for one in parts)), "")
