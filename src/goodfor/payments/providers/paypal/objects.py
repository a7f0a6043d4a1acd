"""What PayPal's objects say, compared with ours. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from goodfor.kernel.money import EXPONENTS, Money
from goodfor.payments.providers.base import Account
from goodfor.payments.providers.paypal.client import BadReply
from goodfor.payments.providers.paypal.settings import Settings
from goodfor.payments.types import Fact, FactKind, FactSource

_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,32}")
_ID = re.compile(r"[0-9A-Za-z_-]{1,58}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")
#: An order's number as we keep it, until the number of its capture takes its place.
ORDER = "order:"


def is_number(text: object) -> bool:
    """Could be one of our numbers."""
    return isinstance(text, str) and _NUMBER.fullmatch(text) is not None


def identifier(value: object) -> str:
    """An id of theirs. Raises BadReply."""
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise BadReply("bad_id")
    return value


def text(value: object) -> str:
    """A short text, or nothing."""
    return value if isinstance(value, str) and len(value) <= 255 else ""


def money(value: object) -> Money | None:
    """`{currency_code, value}` as an exact positive amount, or None."""
    if not isinstance(value, Mapping):
        return None
    currency, amount = value.get("currency_code"), value.get("value")
    if not isinstance(currency, str) or currency not in EXPONENTS:
        return None
    if not isinstance(amount, str) or not 0 < len(amount) <= 16:
        return None
    try:
        parsed = Money.parse(amount, currency)
    except ValueError:
        return None
    return parsed if parsed.amount_minor > 0 else None


def moment(value: object) -> datetime | None:
    """RFC 3339 as UTC, or None."""
    if not isinstance(value, str) or _TIME.fullmatch(value) is None:
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def listed(value: object) -> list[dict[str, Any]]:
    """The objects of a list; what is no list has none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def inner(thing: Mapping[str, Any], *names: str) -> object:
    """A value deep inside, or None."""
    value: object = thing
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def unit_of(order: Mapping[str, Any], settings: Settings, number: str) -> dict[str, Any]:
    """The one purchase unit, which must be about our number and pay us. Raises BadReply."""
    units = listed(order.get("purchase_units"))
    if len(units) != 1 or units[0].get("custom_id") != number:
        raise BadReply("other_number")
    check_payee(units[0], settings)
    return units[0]


def check_payee(thing: Mapping[str, Any], settings: Settings) -> None:
    """Where it says who is paid, and we know who should be, it must be us. Raises BadReply."""
    payee = inner(thing, "payee", "merchant_id")
    if settings.merchant_id and payee is not None and payee != settings.merchant_id:
        raise BadReply("foreign_merchant")


def fact(
    account: Account, kind: FactKind, number: str, thing: Mapping[str, Any], happened_at: datetime, source: FactSource
) -> Fact:
    """Money that moved, by a capture or refund. Raises BadReply where its id or amount is none."""
    amount = money(thing.get("amount"))
    if amount is None:
        raise BadReply("bad_amount")
    return Fact(
        kind=kind,
        provider="paypal",
        account_id=account.id,
        our_ref=number,
        channel_ref=identifier(thing.get("id")),
        amount=amount,
        happened_at=happened_at,
        source=source,
    )
