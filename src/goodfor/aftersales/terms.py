"""Which terms a promise may have: what cannot be kept, contradicts itself or has no bound is refused. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.aftersales.errors import InvalidTerms
from goodfor.aftersales.hours import longest_pause
from goodfor.aftersales.types import Compensation, Hours, Terms
from goodfor.kernel.zones import zones

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
#: Field -> least and most, in its own unit.
BOUNDS: Final = {
    "delivery_seconds": (10, 7 * DAY),
    "answer_seconds": (60, 7 * DAY),
    "decision_seconds": (60, 30 * DAY),
    "claim_days": (1, 366),
    "goodwill_delivery_minor": (0, 10**8),
    "goodwill_answer_minor": (0, 10**8),
    "goodwill_decision_minor": (0, 10**8),
}
MOST_TIMES: Final = 100
MOST_MINOR: Final = 10**10
MOST_DATES: Final = 400
#: A calendar in which nobody works for so many days promises nothing.
MOST_PAUSE_DAYS: Final = 60
#: The reasons of claims (a test holds them equal to those of orders).
REASONS: Final = ("invalid", "used", "expired", "wrong", "not_received", "changed_mind", "top_up_missing")
#: What may be left out of a promise. That what was paid for is good, is the house's own promise and stays in.
EXCLUDABLE: Final = ("used", "expired", "changed_mind")
#: What may be paid for beyond the refund: what a code can be wrong in, not a mind that changed.
PAID_FOR: Final = tuple(reason for reason in REASONS if reason != "changed_mind")
_CHOICES: Final = {"base": ("price", "order"), "evidence": ("supplier", "any"), "way": ("wallet", "hand")}
_DATE: Final = re.compile(r"20\d\d-\d\d-\d\d")


def check_terms(terms: Terms) -> None:
    """Raises InvalidTerms; `field` names the field, of compensation and hours by its own name."""
    for field, (least, most) in BOUNDS.items():
        value = getattr(terms, field)
        if type(value) is not int or not least <= value <= most:
            raise InvalidTerms(field=field)
    for field in ("instant_refund", "change_of_mind"):
        if type(getattr(terms, field)) is not bool:
            raise InvalidTerms(field=field)
    if terms.first not in ("refund", "replace"):
        raise InvalidTerms(field="first")
    if terms.decision_seconds < terms.answer_seconds:
        raise InvalidTerms(_("处理期限不能短于答复期限"), field="decision_seconds")
    _check_names("excluded", terms.excluded, EXCLUDABLE)
    if terms.change_of_mind and "changed_mind" in terms.excluded:
        raise InvalidTerms(_("既然可以不想要了退款，就不能把它列为不包括"), field="excluded")
    _check_compensation(terms.compensation, terms.excluded)
    if terms.hours is not None:
        _check_hours(terms.hours)


def quicker(terms: Terms, hours: int) -> Terms:
    """The same, decided within so many hours, where that is sooner; an answer never comes after the decision."""
    decision = min(terms.decision_seconds, hours * HOUR)
    return replace(terms, decision_seconds=decision, answer_seconds=min(terms.answer_seconds, decision))


def _check_compensation(paid: Compensation, excluded: tuple[str, ...]) -> None:
    if type(paid.multiple) is not int or not 0 <= paid.multiple <= MOST_TIMES:
        raise InvalidTerms(field="multiple")
    for field in ("claim_cap_minor", "day_cap_minor"):
        value = getattr(paid, field)
        if type(value) is not int or not 0 <= value <= MOST_MINOR:
            raise InvalidTerms(field=field)
        if paid.multiple and not value:
            raise InvalidTerms(_("有赔付就要有上限"), field=field)
    if paid.day_cap_minor < paid.claim_cap_minor:
        raise InvalidTerms(_("每天上限不能低于单笔上限"), field="day_cap_minor")
    for field, choices in _CHOICES.items():
        if getattr(paid, field) not in choices:
            raise InvalidTerms(field=field)
    _check_names("reasons", paid.reasons, PAID_FOR)
    if paid.multiple and not paid.reasons:
        raise InvalidTerms(_("请选择哪些情况赔付"), field="reasons")
    if paid.multiple and set(paid.reasons) & set(excluded):
        raise InvalidTerms(_("承诺不包括的情况不能赔付"), field="reasons")


def _check_names(field: str, given: tuple[str, ...], known: Iterable[str]) -> None:
    if not set(given) <= set(known) or len(set(given)) != len(given):
        raise InvalidTerms(field=field)


def _check_hours(hours: Hours) -> None:
    if hours.zone not in zones():
        raise InvalidTerms(field="zone")
    if not hours.days or not set(hours.days) <= set(range(7)):
        raise InvalidTerms(_("至少选一天上班"), field="days")
    for opens, closes in hours.days.values():
        if any((moment.second, moment.microsecond, moment.tzinfo) != (0, 0, None) for moment in (opens, closes)):
            raise InvalidTerms(field="days")
        # Midnight as the end is the end of the day; a night shift is two days.
        if closes <= opens and closes != time(0):
            raise InvalidTerms(_("下班时间要晚于上班时间"), field="days")
    for field in ("free", "extra"):
        given = getattr(hours, field)
        if len(given) > MOST_DATES or not all(_is_date(text) for text in given):
            raise InvalidTerms(field=field)
    if hours.free & hours.extra:
        raise InvalidTerms(_("同一天不能既放假又上班"), field="extra")
    if longest_pause(hours) >= MOST_PAUSE_DAYS:
        raise InvalidTerms(_("放假不能连续 60 天以上"), field="free")


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
