"""Terms as JSON and back, and what they may be. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.referrals.errors import InvalidProgramme
from goodfor.referrals.states import COUPON, KINDS, MOST_LEVELS
from goodfor.referrals.types import Level, Terms

#: A third of the price is the most that anybody may be promised by a rate; the margin bounds it in any case.
MOST_BP: Final = 3_333
MOST_RATES: Final = 5_000
#: Least and most of each whole number.
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "floor_minor": (0, 10**9), "least_minor": (0, 10**9), "freeze_days": (0, 180), "window_days": (1, 365),
    "orders_most": (1, 1000), "day_friends": (0, 10_000), "month_minor": (0, 10**11), "queue_from": (1, 1000),
    "reject_from": (1, 1000), "alone_minor": (0, 10**9),
}  # fmt: skip
_LEVELS: Final = ("friend", "first", "second")
_RATES: Final = ("sku_bp", "campaign_bp")
#: What gives more the higher it is, the lower it is, and the higher it is but for 0, which is no cap.
_MORE: Final = ("levels", "window_days", "orders_most", "queue_from", "reject_from", "alone_minor")
_LESS: Final = ("floor_minor", "least_minor", "freeze_days")
_CAPS: Final = ("day_friends", "month_minor")
_NO_CAP: Final = 10**18


def checked(terms: Terms) -> Terms:
    """The same. Raises InvalidProgramme with the field."""
    if not 1 <= terms.levels <= MOST_LEVELS:
        raise InvalidProgramme(_("最多两级"), field="levels")
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(terms, name) <= most:
            raise InvalidProgramme(_("数值超出范围"), field=name)
    for name in _LEVELS:
        level: Level = getattr(terms, name)
        if not (0 <= level.bp <= MOST_BP and 0 <= level.minor <= 10**9):
            raise InvalidProgramme(_("比例最多 33.33%"), field=name)
    for name in _RATES:
        rates: Mapping[UUID, int] = getattr(terms, name)
        if len(rates) > MOST_RATES or not all(0 <= bp <= MOST_BP for bp in rates.values()):
            raise InvalidProgramme(_("比例最多 33.33%"), field=name)
    if terms.kind not in KINDS or (terms.kind == COUPON) != (terms.coupon_batch is not None):
        raise InvalidProgramme(_("请选择奖励方式"), field="kind")
    if terms.reject_from <= terms.queue_from:
        raise InvalidProgramme(_("拒绝分数须高于复核分数"), field="reject_from")
    return terms


def gives_more(terms: Terms, than: Terms) -> bool:
    """Whether these could give anybody more, or let anything through sooner or with less of a look, than the others."""
    if not terms.on:
        return False
    if not than.on or terms.kind != than.kind or terms.coupon_batch != than.coupon_batch:
        return True
    levels = [(getattr(terms, name), getattr(than, name)) for name in _LEVELS]
    if any(now.bp > then.bp or now.minor > then.minor for now, then in levels):
        return True
    # A rate that is not there any more makes way for the usual one.
    if any(getattr(terms, name) != getattr(than, name) for name in _RATES):
        return True
    more = any(getattr(terms, name) > getattr(than, name) for name in _MORE)
    less = any(getattr(terms, name) < getattr(than, name) for name in _LESS)
    return more or less or any((getattr(terms, name) or _NO_CAP) > (getattr(than, name) or _NO_CAP) for name in _CAPS)


def to_json(terms: Terms) -> dict[str, Any]:
    """As it is stored."""
    stored: dict[str, Any] = {}
    for one in fields(terms):
        value = getattr(terms, one.name)
        if isinstance(value, Level):
            stored[one.name] = {"bp": value.bp, "minor": value.minor}
        elif one.name in _RATES:
            stored[one.name] = {str(key): bp for key, bp in sorted(value.items())}
        else:
            stored[one.name] = str(value) if isinstance(value, UUID) else value
    return stored


def from_json(stored: Mapping[str, Any]) -> Terms:
    """As it was written; what later versions added has its default."""
    given: dict[str, Any] = {}
    for one in fields(Terms):
        if one.name not in stored:
            continue
        value = stored[one.name]
        if one.name in _LEVELS:
            value = Level(value["bp"], value["minor"])
        elif one.name in _RATES:
            value = {UUID(key): bp for key, bp in value.items()}
        elif one.name == "coupon_batch" and value is not None:
            value = UUID(value)
        given[one.name] = value
    return Terms(**given)
