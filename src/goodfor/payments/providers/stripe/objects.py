"""What Stripe's objects say, compared with ours. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from goodfor.kernel.money import EXPONENTS, Money
from goodfor.payments.providers.base import Account
from goodfor.payments.providers.stripe.client import BadReply
from goodfor.payments.providers.stripe.settings import Settings
from goodfor.payments.types import Fact, FactSource

#: The place of our number in the metadata of intents, charges and refunds.
NUMBER: Final = "number"
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,32}")
_ID = re.compile(r"[0-9A-Za-z_]{1,64}")
_SESSION = re.compile(r"cs_(test|live)_([0-9A-Za-z_]{1,61})")
_SHORT_SESSION = re.compile(r"cs:([0-9A-Za-z_]{1,61})")
_MAX_TIME = 253_402_300_799


def is_number(text: object) -> bool:
    """Could be one of our numbers."""
    return isinstance(text, str) and _NUMBER.fullmatch(text) is not None


def identifier(value: object, prefix: str = "") -> str:
    """An id of theirs that fits our columns, plain or as the object of that id; else BadReply."""
    if isinstance(value, Mapping):
        value = value.get("id")
    if not isinstance(value, str) or not value.startswith(prefix) or _ID.fullmatch(value) is None:
        raise BadReply("bad_id")
    return value


def stored_session(session_id: object) -> str:
    """A session's id as we keep it: 66 characters do not fit into 64, and the mode is known from the account."""
    found = _SESSION.fullmatch(session_id) if isinstance(session_id, str) else None
    if found is None:
        raise BadReply("bad_id")
    return f"cs:{found[2]}"


def session_id(stored: str, settings: Settings) -> str:
    """The id that `stored_session` shortened. Raises BadReply."""
    found = _SHORT_SESSION.fullmatch(stored)
    if found is None:
        raise BadReply("bad_id")
    return f"cs_{'live' if settings.livemode else 'test'}_{found[1]}"


def money(minor: object, currency: object) -> Money | None:
    """An exact amount of zero or more, or None. Stripe's minor units are ours for every currency that we know."""
    code = currency.upper() if isinstance(currency, str) else ""
    if type(minor) is not int or code not in EXPONENTS or not 0 <= minor <= 10**15:
        return None
    return Money(minor, code)


def moment(value: object) -> datetime | None:
    """Unix seconds as UTC, or None."""
    if type(value) is not int or not 0 <= value <= _MAX_TIME:
        return None
    return datetime.fromtimestamp(value, UTC)


def text(value: object) -> str:
    """A short text, or nothing."""
    return value if isinstance(value, str) and len(value) <= 255 else ""


def metadata(thing: Mapping[str, Any], name: str = NUMBER) -> str:
    """An entry of the metadata, or nothing."""
    held = thing.get("metadata")
    return text(held.get(name)) if isinstance(held, Mapping) else ""


def same(thing: Mapping[str, Any], settings: Settings, said: object, ours: str) -> None:
    """A reply about something else, or of the other mode, is none. Raises BadReply."""
    if said != ours:
        raise BadReply("other_number")
    if thing.get("livemode") is not settings.livemode:
        raise BadReply("other_mode")


def paid_fact(
    account: Account, number: str, intent: str, amount: Money | None, happened_at: datetime, source: FactSource
) -> Fact:
    """Money that came. Raises BadReply where it is none."""
    if amount is None or amount.amount_minor <= 0:
        raise BadReply("bad_amount")
    return Fact(
        kind="paid",
        provider="stripe",
        account_id=account.id,
        our_ref=number,
        channel_ref=identifier(intent, "pi_"),
        amount=amount,
        happened_at=happened_at,
        source=source,
    )
