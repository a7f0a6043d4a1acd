"""A row of the decision table in words and as a form: when what holds, then what is done, because of what."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodfor.aftersales.types import Rule
from goodfor.console import claim_words as words
from goodfor.console.columns import Text
from goodfor.kernel.money import Money
from goodfor.kit import writing

#: What stands between the values of a choice.
OR: Final = " / "


def condition_line(name: str, wanted: Mapping[str, Any], currency: str) -> str:
    """`看过几个 至少 1`: one condition as people say it."""
    fact = words.FACTS.get(name)
    label = str(fact.label) if fact else name
    if "in" in wanted or "is" in wanted:
        asked = list(wanted["in"]) if "in" in wanted else [wanted["is"]]
        return _("%(what)s：%(values)s") % {
            "what": label,
            "values": OR.join(value_words(name, value, currency) for value in asked),
        }
    low, high = (value_words(name, wanted[key], currency) if key in wanted else "" for key in ("min", "max"))
    if low and high:
        return _("%(what)s：%(low)s 到 %(high)s") % {"what": label, "low": low, "high": high}
    if low:
        return _("%(what)s：至少 %(low)s") % {"what": label, "low": low}
    return _("%(what)s：至多 %(high)s") % {"what": label, "high": high}


def when_lines(rule: Rule, currency: str) -> list[str]:
    """All conditions of a row; none: it is for everything that came so far."""
    return [condition_line(name, wanted, currency) for name, wanted in rule.when.items()]


def value_words(name: str, value: Any, currency: str) -> str:
    """A value of a fact as people say it."""
    fact = words.FACTS.get(name)
    if value is None:
        return _("不知道")
    if fact is None:
        return str(value)
    if fact.kind == "flag":
        return _("是") if value else _("否")
    if fact.kind == "money":
        return writing.plain_money(Money(int(value), currency))
    if fact.kind == "seconds":
        return span(int(value))
    if fact.kind == "choice" and fact.choices is not None:
        return str(fact.choices.get(str(value), value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def span(seconds: int) -> str:
    """Whole days, hours or minutes where it is one."""
    if seconds >= 86_400 and seconds % 86_400 == 0:
        days = seconds // 86_400
        return ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days}
    return writing.seconds(seconds)


def in_unit(seconds: int) -> tuple[str, int]:
    """A span as its form shows it: the number, and how many seconds its unit has."""
    unit = next(size for size, _label in words.SECONDS if seconds % size == 0) if seconds else 60
    return str(seconds // unit), unit


def unit_choices() -> Sequence[tuple[int, Text]]:
    """Units of a span."""
    return words.SECONDS
