"""Between the forms of suppliers and the operations: what was typed, and refusals at their field."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodfor.console import supply_words
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.supply import queries as supply
from goodfor.supply.operations.connect_supplier import Contract

LONGEST: Final = 8000
MOST_WHOLE: Final = 2**31 - 1
MOST_SMALL: Final = 32_767
#: What may be lost in a day to prices that rise after the question, as it is suggested.
_SUGGESTED: Final = Decimal(50)


def whole(typed: Mapping[str, str], key: str, *, most: int = MOST_WHOLE) -> int | None:
    """A whole number from 0; None where nothing was typed. Raises InvalidInput, in words."""
    text = typed.get(key, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= most):
        raise InvalidInput(_("请写成整数"), field=key)
    return int(text)


def exact(typed: Mapping[str, str], key: str, *, digits: int = 6) -> Decimal | None:
    """An amount or a rate, from 0; None where nothing was typed. Raises InvalidInput, in words."""
    text = typed.get(key, "").strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    exponent = value.as_tuple().exponent
    if not (text.isascii() and value.is_finite() and isinstance(exponent, int)) or not 0 <= value < 10**10:
        raise InvalidInput(_("请写成 9.90 这样的数字"), field=key)
    if -exponent > digits:
        raise InvalidInput(_("小数太多"), field=key)
    return value


def minute(typed: Mapping[str, str], key: str) -> int:
    """A time of the day as its minute; nothing typed: 0. Raises InvalidInput, in words."""
    text = typed.get(key, "").strip()
    if not text:
        return 0
    hour, colon, rest = text.partition(":")
    if not (colon and hour.isascii() and hour.isdigit() and rest.isascii() and rest[:2].isdigit() and len(rest) == 2):
        raise InvalidInput(_("请写成 08:30 这样的时间"), field=key)
    if int(hour) > 23 or int(rest) > 59:
        raise InvalidInput(_("请写成 08:30 这样的时间"), field=key)
    return int(hour) * 60 + int(rest)


def minute_text(value: int) -> str:
    """08:30."""
    return f"{value // 60:02d}:{value % 60:02d}"


def percent_text(points: int) -> str:
    """Hundredths of a percent without the sign: 150 is "1.5"."""
    return f"{Decimal(points) / 100:f}".rstrip("0").rstrip(".") if points % 100 else str(points // 100)


def settings_of(
    protocol: supply.Protocol, request: HttpRequest, *, held: frozenset[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings and new secrets of the form. A secret left empty stays. Raises InvalidInput for what is missing."""
    config: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    for field in protocol.fields:
        value = request.POST.get(field.key, "").replace("\r\n", "\n").strip()[:LONGEST]
        missing = not value and field.required and field.kind != "flag"
        if missing and not (field.secret and field.key in held):
            raise InvalidInput(_("请填写"), field=field.key)
        if field.secret:
            secrets[field.key] = value
        elif field.kind == "flag":
            config[field.key] = bool(value)
        elif value:
            config[field.key] = value
    return config, {key: value for key, value in secrets.items() if value}


def setting_rows(
    protocol: supply.Protocol, values: Mapping[str, str], held: frozenset[str], error: DomainError | None
) -> list[dict[str, Any]]:
    """The fields as the template shows them. A secret never comes back, not even to who has just typed it."""
    wrong, why = problem_of(error)
    return [
        {
            "field": field,
            "value": "" if field.secret else values.get(field.key, field.default),
            "held": field.key in held,
            "error": why if field.key == wrong else "",
        }
        for field in protocol.fields
    ]


def problem_of(error: DomainError | None) -> tuple[str, str]:
    """The field that is wrong, and why, in words."""
    if error is None:
        return "", ""
    reason = str(error.data.get("reason", ""))
    return str(error.data.get("field", "")), str(supply_words.SETTING_PROBLEMS.get(reason, error.detail))


def contract_of(typed: Mapping[str, str], kept: Contract, exponent: int) -> Contract:
    """The terms of the form; what it does not ask about stays as it is kept. `exponent`: of the shop's currency.

    Raises InvalidInput, in words.
    """
    rate = exact(typed, "rate", digits=8) if "rate" in typed else kept.rate
    if not rate:
        raise InvalidInput(_("请填写汇率"), field="rate")
    priority = whole(typed, "priority", most=1000)
    tax = typed.get("tax_class", "")
    return Contract(
        cycle=kept.cycle,
        rate=rate,
        credit=kept.credit,
        low_balance=exact(typed, "low_balance"),
        priority=100 if priority is None else priority,
        cutoff_minute=minute(typed, "cutoff"),
        tax_class=tax if tax in supply_words.TAXES else "",
        refund_days=whole(typed, "refund_days", most=MOST_SMALL),
        replaceable=bool(typed.get("replaceable")),
        promise_seconds=whole(typed, "promise_seconds"),
        contact=typed.get("contact", "").strip()[:200],
        surprise_minor=_surprise(typed, kept, exponent),
        bad_least_units=kept.bad_least_units if "bad_units" not in typed else whole(typed, "bad_units") or 1,
        bad_weigh_points=_points(typed, "bad_weigh", kept.bad_weigh_points),
        bad_hold_points=_points(typed, "bad_hold", kept.bad_hold_points),
        bad_suspend_points=_points(typed, "bad_suspend", kept.bad_suspend_points),
    )


def _points(typed: Mapping[str, str], key: str, kept: int) -> int:
    """A percentage in hundredths; what is not asked about stays, nothing typed is 0. Raises InvalidInput."""
    if key not in typed:
        return kept
    share = exact(typed, key, digits=2) or Decimal(0)
    if share > 100:
        raise InvalidInput(_("百分比请填 0 到 100"), field=key)
    return int(share * 100)


def _surprise(typed: Mapping[str, str], kept: Contract, exponent: int) -> int | None:
    """In minor units; what is not asked about stays, and nothing typed says nothing. Raises InvalidInput."""
    if "surprise" not in typed:
        return kept.surprise_minor
    amount = exact(typed, "surprise", digits=exponent)
    return None if amount is None else int(amount.scaleb(exponent))


def contract_values(contract: Contract, *, first: bool, foreign: bool, exponent: int) -> dict[str, str]:
    """The terms as the form shows them. A rate that nobody gave yet is left for somebody to give.

    What may be lost to prices that rise is suggested to who connects, and said by nobody else.
    """
    surprise = _SUGGESTED.scaleb(exponent) if first and contract.surprise_minor is None else contract.surprise_minor

    def plain(value: Any) -> str:
        return "" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)

    return {
        "rate": "" if first and foreign and contract.rate == 1 else plain(contract.rate),
        "low_balance": plain(contract.low_balance),
        "priority": str(contract.priority),
        "cutoff": minute_text(contract.cutoff_minute),
        "tax_class": contract.tax_class,
        "refund_days": plain(contract.refund_days),
        "replaceable": "1" if contract.replaceable else "",
        "promise_seconds": plain(contract.promise_seconds),
        "contact": contract.contact,
        "bad_units": str(contract.bad_least_units),
        "bad_weigh": percent_text(contract.bad_weigh_points),
        "bad_hold": percent_text(contract.bad_hold_points),
        "bad_suspend": percent_text(contract.bad_suspend_points),
        "surprise": "" if surprise is None else f"{Decimal(surprise).scaleb(-exponent):.{exponent}f}",
    }
