"""Products of Tremendous, read. A variant is a face value in a currency: "USD-25", "USD-12.5"."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, decimal, records, text
from goodfor.supply.providers.tremendous.settings import Settings
from goodfor.supply.providers.values import Category, FormField, GoodsKind, Item, ItemSku

ID: Final = re.compile(r"[A-Z0-9]{4,20}")
_SKU: Final = re.compile(r"([A-Z]{3})-([0-9]{1,9}(?:\.[0-9]{1,2})?)")
MAX_SKUS: Final = 60
MAX_COUNTRIES: Final = 40
#: Who is to have it, where they deliver it themselves.
FORMS: Final[Mapping[str, tuple[FormField, ...]]] = {
    "LINK": (),
    "EMAIL": (
        FormField("email", "收件邮箱", format="email"),
        FormField("name", "收件人", required=False),
    ),
    "PHONE": (
        FormField("phone", "收件手机", hint="+1 等国家代码开头", regex=r"\+[0-9]{6,15}"),
        FormField("name", "收件人", required=False),
    ),
}


def sku_id(currency: str, value: Decimal) -> str:
    """The name of a variant."""
    return f"{currency}-{format(value.normalize(), 'f')}"


def read_sku(told: str) -> tuple[str, Decimal] | None:
    """Currency and face value of a variant's name; None for anything else."""
    found = _SKU.fullmatch(told)
    value = Decimal(found[2]) if found else Decimal(0)
    return (found[1], value) if found and value > 0 else None


def item_of(row: Mapping[str, Any], settings: Settings) -> Item:
    """One product. What has no face value in the account's own currency is not for sale: nothing tells its cost.

    Raises BadReply.
    """
    number = text(row.get("id"), 32)
    if not ID.fullmatch(number):
        raise BadReply("no_item_id")
    skus = _skus(row, settings)
    kind: GoodsKind = "link" if settings.method == "LINK" else "direct"
    return Item(
        id=number,
        name=text(row.get("name"), 200),
        kind=kind,
        cost=min((one.cost for one in skus), default=Decimal(0)),
        currency=settings.currency,
        state="on" if skus else "paused",
        category=text(row.get("category"), 64),
        brand=text(row.get("name"), 200),
        face_currency=settings.currency,
        most=1,
        form=FORMS[settings.method],
        skus=skus,
        text="\n".join(filter(None, (text(row.get("usage_instructions")), _countries(row.get("countries"))))),
    )


def ranges_of(row: Mapping[str, Any], currency: str) -> list[tuple[Decimal, Decimal]]:
    """(least, most) face values in that currency; none where it is not sold in it. Raises BadReply."""
    told = row.get("currency_codes")
    if not isinstance(told, list) or currency not in told:
        return []
    found = []
    for one in records(row.get("skus")):
        least, most = decimal(one.get("min")), decimal(one.get("max"))
        if least is not None and most is not None and 0 < least <= most:
            found.append((least, most))
    return found


def _skus(row: Mapping[str, Any], settings: Settings) -> tuple[ItemSku, ...]:
    values: set[Decimal] = set()
    for least, most in ranges_of(row, settings.currency):
        offered = {least} if least == most else {one for one in settings.values if least <= one <= most}
        values |= offered or {least, most}
    return tuple(
        ItemSku(sku_id(settings.currency, one), f"{format(one.normalize(), 'f')} {settings.currency}", one)
        for one in sorted(values)[:MAX_SKUS]
    )


def _countries(told: Any) -> str:
    """Where it may be redeemed, as a line for people."""
    if not isinstance(told, list):
        return ""
    words = [text(one.get("abbr") if isinstance(one, dict) else one, 8) for one in told]
    words = [word for word in words if word]
    return f"({', '.join(words)})" if 0 < len(words) <= MAX_COUNTRIES else ""


def categories_of(rows: Sequence[Mapping[str, Any]]) -> list[Category]:
    """The words that products are sorted by; there is no tree."""
    words = sorted({text(row.get("category"), 64) for row in rows} - {""})
    return [Category(word, word) for word in words]
