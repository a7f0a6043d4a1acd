"""Products of Reloadly, read. A variant is a face value in the recipient's currency: "25", "12.5"."""

import re
from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, decimal, text, whole
from goodfor.supply.providers.reloadly.settings import Settings
from goodfor.supply.providers.values import Item, ItemSku

_SKU: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
MAX_SKUS: Final = 60
_CENT: Final = Decimal("0.01")


def sku_id(value: Decimal) -> str:
    """The name of a variant."""
    return format(value.normalize(), "f")


def read_sku(told: str) -> Decimal | None:
    """The face value of a variant's name; None for anything else."""
    return Decimal(told) if _SKU.fullmatch(told) and Decimal(told) > 0 else None


def item_of(row: Mapping[str, Any], settings: Settings) -> Item:
    """One product. What is charged in another currency than the account's, or has no cost, is not for sale.

    Raises BadReply.
    """
    number = whole(row.get("productId"))
    if number is None:
        raise BadReply("no_item_id")
    currency = text(row.get("senderCurrencyCode"), 8).upper() or settings.currency
    face = text(row.get("recipientCurrencyCode"), 8).upper()
    skus = tuple(
        ItemSku(sku_id(value), f"{sku_id(value)} {face}".strip(), cost)
        for value, cost in sorted(_offered(row, settings).items())[:MAX_SKUS]
    )
    return Item(
        id=str(number),
        name=text(row.get("productName"), 200),
        kind="card",
        cost=min((one.cost for one in skus), default=Decimal(0)),
        currency=currency,
        state="on" if skus and currency == settings.currency else "paused",
        category=_part(row, "country", "isoName"),
        brand=_part(row, "brand", "brandName"),
        face_currency=face,
        skus=skus,
        text=text(row.get("redeemInstruction")) or _part(row, "redeemInstruction", "verbose"),
    )


def cost_of(row: Mapping[str, Any], value: Decimal) -> Decimal | None:
    """What one of that face value costs at most, with the fee; None where it is not sold or nothing tells.

    Their discount comes off: how is not described, so that it is not counted on.
    """
    fee = decimal(row.get("senderFee")) or Decimal(0)
    kind = text(row.get("denominationType"), 20).upper()
    if kind == "FIXED":
        cost = _fixed(row).get(value)
    elif kind == "RANGE":
        cost = _ranged(row, value)
    else:
        cost = None
    return None if cost is None or cost <= 0 or fee < 0 else cost + fee


def _offered(row: Mapping[str, Any], settings: Settings) -> dict[Decimal, Decimal]:
    values = list(_fixed(row)) if text(row.get("denominationType"), 20).upper() == "FIXED" else list(settings.values)
    costs = {value: cost_of(row, value) for value in values if read_sku(sku_id(value)) is not None}
    return {value: cost for value, cost in costs.items() if cost is not None}


def _fixed(row: Mapping[str, Any]) -> dict[Decimal, Decimal]:
    """Listed values and what each costs; one that the map leaves out is sold at its face in the same currency only."""
    told, listed = row.get("fixedRecipientToSenderDenominationsMap"), row.get("fixedRecipientDenominations")
    costs = {decimal(key): decimal(value) for key, value in told.items()} if isinstance(told, dict) else {}
    same = row.get("senderCurrencyCode") == row.get("recipientCurrencyCode") and not costs
    found = {}
    for one in listed if isinstance(listed, list) else []:
        value = decimal(one)
        cost = value if same else costs.get(value)
        if value is not None and cost is not None and value > 0:
            found[value] = cost
    return found


def _ranged(row: Mapping[str, Any], value: Decimal) -> Decimal | None:
    """By the two ends of the range, rounded up to cents."""
    least, most = decimal(row.get("minRecipientDenomination")), decimal(row.get("maxRecipientDenomination"))
    if least is None or most is None or not 0 < least <= value <= most:
        return None
    if row.get("senderCurrencyCode") == row.get("recipientCurrencyCode"):
        return value
    low, high = decimal(row.get("minSenderDenomination")), decimal(row.get("maxSenderDenomination"))
    if low is None or high is None or low <= 0 or high <= 0:
        return None
    # The dearer of the two ends, should they differ.
    return (value * max(high / most, low / least)).quantize(_CENT, ROUND_UP)


def _part(row: Mapping[str, Any], name: str, key: str) -> str:
    found = row.get(name)
    return text(found.get(key), 4000 if key == "verbose" else 200) if isinstance(found, dict) else ""
