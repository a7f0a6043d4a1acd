"""Shapes of WeChat Pay's JSON, pure: strict reading, numbers, amounts in fen, times, the transaction."""

import json
import re
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from goodfor.kernel.money import Money
from goodfor.payments.providers.base import Account
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.types import Fact, FactSource

BEIJING: Final = ZoneInfo("Asia/Shanghai")
PAID_STATES: Final = frozenset({"SUCCESS", "REFUND"})
_NUMBER = re.compile(r"[0-9A-Za-z_|*-]{6,32}")
_LONG_NUMBER = re.compile(r"[0-9A-Za-z_|*@-]{1,64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_MAX_FEN = 10**13


class BadReply(Exception):
    """A reply that is no answer; `reason` is stable and safe to store."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def read_object(raw: bytes) -> dict[str, Any]:
    """A JSON object. Raises ValueError for anything else: a name twice, NaN, nesting without end, not UTF-8."""
    try:
        decoded = json.loads(raw.decode(), parse_constant=_refuse, object_pairs_hook=_unique)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(decoded, dict):
        raise ValueError("not an object")
    return decoded


def write_object(fields: dict[str, Any]) -> bytes:
    """The bytes that are both signed and sent."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def text(fields: dict[str, Any], name: str, limit: int = 128) -> str:
    """A text of the object, printable and cut; empty where there is none."""
    value = fields.get(name)
    return "".join(c for c in value if c.isprintable())[:limit] if isinstance(value, str) else ""


def inner(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """An object in the object; empty where there is none."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def is_number(value: object) -> bool:
    """Could be an out_trade_no."""
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


def is_long_number(value: object) -> bool:
    """Could be one of WeChat's numbers, or of our numbers of refunds and splits."""
    return isinstance(value, str) and _LONG_NUMBER.fullmatch(value) is not None


def fen(amount: dict[str, Any], name: str, *, zero: bool = False) -> Money | None:
    """A whole positive number of fen, or None. A currency other than yuan is no amount."""
    value = amount.get(name)
    if type(value) is not int or not (0 if zero else 1) <= value <= _MAX_FEN:
        return None
    return Money(value, "CNY") if amount.get("currency", "CNY") == "CNY" else None


def moment(value: object) -> datetime | None:
    """RFC 3339 with its offset as UTC, or None."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def beijing(at: datetime) -> str:
    """RFC 3339 in Beijing's time, without fractions."""
    return at.astimezone(BEIJING).replace(microsecond=0).isoformat()


def cut(value: str, limit: int) -> str:
    """The longest beginning within `limit` bytes of UTF-8, without control characters."""
    clean = "".join(c for c in value if c.isprintable())
    return clean.encode(errors="ignore")[:limit].decode(errors="ignore")


def paid_fact(account: Account, settings: Settings, trade: dict[str, Any], source: FactSource, now: datetime) -> Fact:
    """The fact in a paid transaction; its amount is the order's total, not what was left after coupons.

    Raises BadReply: other_number (another merchant's), bad_fact.
    """
    if not settings.owns(trade.get("mchid"), trade.get("appid")):
        raise BadReply("other_number")
    amount = fen(inner(trade, "amount"), "total")
    number, ref = trade.get("out_trade_no"), trade.get("transaction_id")
    if amount is None or not isinstance(number, str) or not isinstance(ref, str):
        raise BadReply("bad_fact")
    if not is_number(number) or not is_long_number(ref):
        raise BadReply("bad_fact")
    happened_at = moment(trade.get("success_time"))
    return Fact(
        kind="paid",
        provider="wechat",
        account_id=account.id,
        our_ref=number,
        channel_ref=ref,
        amount=amount,
        happened_at=min(happened_at, now) if happened_at else now,
        source=source,
    )


def _refuse(_name: str) -> Any:
    raise ValueError("not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name twice")
    return fields
