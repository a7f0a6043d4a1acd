"""Terms of points as JSON and back, what they may be, and what units are worth by them. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.types import Met, Terms

#: Least and most of each whole number.
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "value_centi": (0, 100_000), "redeem_bp": (0, 10_000), "earn_centi": (0, 100_000), "growth_centi": (0, 100_000),
    "pending_codes_days": (0, 365), "pending_top_ups_days": (0, 365), "live_months": (0, 120), "grace_days": (1, 365),
    "day_most": (0, 10**9), "meet_bp": (0, 10_000),
}  # fmt: skip


#: Of looking in: days of a row that are told apart, and points of one.
MOST_DAYS: Final = 31
MOST_A_DAY: Final = 1_000


def checked(terms: Terms) -> Terms:
    """The same. Raises InvalidPoints with the field."""
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(terms, name) <= most:
            raise InvalidPoints(_("数值超出范围"), field=name)
    if len(terms.checkin) > MOST_DAYS or not all(0 <= units <= MOST_A_DAY for units in terms.checkin):
        raise InvalidPoints(_("签到最多设 31 天，每天最多 1000 分"), field="checkin")
    # Hundredths of a point a yuan, times hundredths of a fen a point: a fen paid gives at most half a fen back.
    if terms.value_centi * terms.earn_centi > 100 * 100 * 100 // 2:
        raise InvalidPoints(_("返还的积分价值不能超过付款的一半"), field="earn_centi")
    return terms


def to_json(terms: Terms) -> dict[str, Any]:
    """As it is stored."""
    return {**asdict(terms), "checkin": list(terms.checkin)}


def from_json(stored: Mapping[str, Any]) -> Terms:
    """As it was written; what later versions added has its default."""
    given = {one.name: stored[one.name] for one in fields(Terms) if one.name in stored}
    return Terms(**{**given, "checkin": tuple(given.get("checkin", ()))})


def worth(terms: Terms, units: int) -> int:
    """Minor units that the books owe for so many points: what they buy, times how many are expected to be spent."""
    return units * terms.value_centi * terms.redeem_bp // (100 * 10_000)


def buys(terms: Terms, units: int) -> int:
    """Minor units of a price that so many points pay."""
    return units * terms.value_centi // 100


def needed(terms: Terms, minor: int) -> int | None:
    """Points that pay so much; None: they pay nothing."""
    return -(-minor * 100 // terms.value_centi) if terms.value_centi else None


def meets(terms: Terms, minor: int, least: int, units: int) -> Met | None:
    """The most of a price of `minor` that `units` points may meet, where `least` of it is money; None: nothing."""
    most = min(minor * terms.meet_bp // 10_000, minor - least, buys(terms, units))
    wanted = needed(terms, most) if terms.on and most > 0 else None
    return Met(wanted, most) if wanted else None


def earned(centi: int, minor: int) -> int:
    """Units for a payment of `minor` fen, at `centi` hundredths a yuan; rounded down."""
    return minor * centi // 10_000


def ends_at(months: int, earned_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of the month that is so many months later, by the shop's clock; None: never."""
    if not months:
        return None
    here = earned_at.astimezone(zone)
    number = here.year * 12 + here.month - 1 + months + 1
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=zone)


def pending_until(terms: Terms, delivered_at: datetime, *, top_up: bool) -> datetime:
    """From when on points of a delivered order may be spent."""
    return delivered_at + timedelta(days=terms.pending_top_ups_days if top_up else terms.pending_codes_days)
