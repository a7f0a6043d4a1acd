"""Between the form of a promise and its terms: what was typed, and terms as the form shows them."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from django.http import QueryDict

from goodfor.aftersales.types import Compensation, Hours, Terms
from goodfor.console import promise_words as words
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money

#: What can be left out of a promise, and what can be paid for beyond the refund (aftersales refuses others).
EXCLUDABLE: Final = ("used", "expired", "changed_mind")
PAID_FOR: Final = ("invalid", "used", "wrong", "expired", "not_received", "top_up_missing")
#: Offered first where nothing was set.
OFFICE: Final = Hours(days={day: (time(9), time(18)) for day in range(5)})
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_GOODWILL: Final = ("goodwill_delivery_minor", "goodwill_answer_minor", "goodwill_decision_minor")
_SPANS: Final = ("delivery_seconds", "answer_seconds", "decision_seconds")


def terms_typed(typed: QueryDict, currency: str) -> Terms:
    """The terms that were typed, not yet judged. Raises InvalidInput with the field."""
    multiple = _whole(typed, "multiple")
    amounts = {key: _minor(typed, key, currency) for key in _GOODWILL}
    spans = {key: _span(typed, key) for key in _SPANS}
    return Terms(
        instant_refund="instant_refund" in typed,
        first=_plain(typed, "first"),
        claim_days=_whole(typed, "claim_days"),
        change_of_mind="change_of_mind" in typed,
        compensation=Compensation(
            multiple=multiple,
            base=_plain(typed, "base"),
            claim_cap_minor=_minor(typed, "claim_cap_minor", currency),
            day_cap_minor=_minor(typed, "day_cap_minor", currency),
            reasons=_picked(typed, "reasons"),
            evidence=_plain(typed, "evidence"),
            way=_plain(typed, "way"),
        ),
        excluded=_picked(typed, "excluded"),
        hours=_hours(typed) if "by_hours" in typed else None,
        **amounts,
        **spans,
    )


def typed_of(terms: Terms, currency: str) -> dict[str, Any]:
    """Terms as their form shows them: texts by the names of its fields, `True` for what is ticked."""
    paid, hours = terms.compensation, terms.hours or OFFICE
    found: dict[str, Any] = {
        "instant_refund": terms.instant_refund, "change_of_mind": terms.change_of_mind, "first": terms.first,
        "claim_days": str(terms.claim_days), "multiple": str(paid.multiple), "base": paid.base,
        "claim_cap_minor": _amount(paid.claim_cap_minor, currency), "evidence": paid.evidence, "way": paid.way,
        "day_cap_minor": _amount(paid.day_cap_minor, currency), "reasons": paid.reasons, "excluded": terms.excluded,
        "by_hours": terms.hours is not None, "zone": hours.zone, "free": "\n".join(sorted(hours.free)),
        "extra": "\n".join(sorted(hours.extra)),
    }  # fmt: skip
    for key in _SPANS:
        seconds = getattr(terms, key)
        unit = next(unit for unit in (86_400, 3_600, 60, 1) if seconds % unit == 0)
        found |= {key: str(seconds // unit), f"{key}_unit": str(unit)}
    for key in _GOODWILL:
        found[key] = _amount(getattr(terms, key), currency)
    for day, (opens, closes) in hours.days.items():
        found |= {f"from_{day}": f"{opens:%H:%M}", f"to_{day}": f"{closes:%H:%M}"}
    return found


def shown_again(typed: QueryDict) -> dict[str, Any]:
    """What was typed, as the form shows it once more."""
    return typed.dict() | {key: tuple(typed.getlist(key)) for key in ("reasons", "excluded")}


def form_rows(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of the form that repeat: (value, label, ticked) of choices, (number, name, from, to) of weekdays."""
    return {
        "reasons": [(key, words.REASONS[key], key in typed.get("reasons", ())) for key in PAID_FOR],
        "excludable": [(key, words.REASONS[key], key in typed.get("excluded", ())) for key in EXCLUDABLE],
        "days": [
            (day, name, typed.get(f"from_{day}", ""), typed.get(f"to_{day}", "")) for day, name in enumerate(words.DAYS)
        ],
    }


def _hours(typed: QueryDict) -> Hours:
    days = {}
    for day in range(7):
        opens, closes = typed.get(f"from_{day}", "").strip(), typed.get(f"to_{day}", "").strip()
        if not opens and not closes:
            continue
        if not (_TIME.fullmatch(opens) and _TIME.fullmatch(closes)):
            raise InvalidInput(field="days")
        days[day] = (time.fromisoformat(opens), time.fromisoformat(closes))
    return Hours(_plain(typed, "zone"), days, _dates(typed, "free"), _dates(typed, "extra"))


def _dates(typed: QueryDict, key: str) -> frozenset[str]:
    return frozenset(re.split(r"[\s,，、]+", typed.get(key, "").strip())) - {""}


def _span(typed: QueryDict, key: str) -> int:
    unit = typed.get(f"{key}_unit", "")
    if unit not in dict(words.UNITS):
        raise InvalidInput(field=key)
    return _whole(typed, key) * int(unit)


def _whole(typed: QueryDict, key: str) -> int:
    text = typed.get(key, "").strip()
    if not _WHOLE.fullmatch(text):
        raise InvalidInput(field=key)
    return int(text)


def _minor(typed: QueryDict, key: str, currency: str) -> int:
    text = typed.get(key, "").strip()
    try:
        return Money.parse(text, currency).amount_minor if text else 0
    except ValueError:
        raise InvalidInput(field=key) from None


def _picked(typed: QueryDict, key: str) -> tuple[str, ...]:
    """In the order of the list, so that the same ticks are the same terms."""
    given = typed.getlist(key)
    if not set(given) <= set(words.REASONS):
        raise InvalidInput(field=key)
    return tuple(reason for reason in words.REASONS if reason in given)


def _plain(typed: QueryDict, key: str) -> Any:
    return typed.get(key, "")[:40]


def _amount(value: int, currency: str) -> str:
    return Money(value, currency).as_decimal_string() if value else ""
