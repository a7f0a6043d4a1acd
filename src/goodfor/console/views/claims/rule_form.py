"""One row of the decision table as a form: pickers for its conditions, and what was typed as a rule."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from goodfor.aftersales.types import Rule
from goodfor.console import claim_words as words
from goodfor.console import rule_words
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money

#: A choice may be the empty word, which a form would not send.
_MARK: Final = "v:"
#: The one number that may be unknown: nobody has looked.
NULLABLE: Final = frozenset({"seen_for"})
_DIGITS: Final = 12
When = dict[str, dict[str, Any]]


def condition_fields(when: Mapping[str, Mapping[str, Any]], currency: str) -> list[dict[str, Any]]:
    """Each condition as its form shows it. `raw`: what no picker can show, kept as it is or taken away."""
    return [
        _field(name, wanted, currency) if name in words.FACTS else _raw(name, name, wanted, currency)
        for name, wanted in when.items()
    ]


def _raw(name: str, label: Any, wanted: Mapping[str, Any], currency: str) -> dict[str, Any]:
    line = rule_words.condition_line(name, wanted, currency)
    return {"name": name, "label": label, "kind": "", "means": "", "raw": json.dumps(dict(wanted)), "line": line}


def _field(name: str, wanted: Mapping[str, Any], currency: str) -> dict[str, Any]:
    fact = words.FACTS[name]
    field: dict[str, Any] = {
        "name": name, "label": fact.label, "kind": fact.kind, "means": fact.means, "low": "", "high": "", "unit": 60,
        "units": rule_words.unit_choices(), "nullable": name in NULLABLE, "unknown": False,
    }  # fmt: skip
    if fact.kind == "flag":
        return field | {"yes": wanted.get("is", True)}
    if fact.kind == "choice":
        asked = list(wanted["in"]) if "in" in wanted else [wanted["is"]] if "is" in wanted else []
        options = (fact.choices or {}).items()
        return field | {"options": [(_MARK + value, label, value in asked) for value, label in options]}
    if "in" in wanted:
        return _raw(name, fact.label, wanted, currency)
    if "is" in wanted:
        if wanted["is"] is None:
            return field | {"unknown": True}
        wanted = {"min": wanted["is"], "max": wanted["is"]}
    return field | _numbers(fact.kind, wanted, currency)


def _numbers(kind: str, wanted: Mapping[str, Any], currency: str) -> dict[str, Any]:
    low, high = wanted.get("min"), wanted.get("max")
    if kind == "money":
        shown = ["" if one is None else Money(one, currency).as_decimal_string() for one in (low, high)]
        return {"low": shown[0], "high": shown[1]}
    if kind != "seconds":
        return {"low": "" if low is None else str(low), "high": "" if high is None else str(high)}
    # One unit for both: the larger one in which each is whole.
    unit = min((rule_words.in_unit(one)[1] for one in (low, high) if one is not None), default=60)
    return {
        "low": "" if low is None else str(low // unit), "high": "" if high is None else str(high // unit), "unit": unit
    }  # fmt: skip


def other_facts(when: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What could still be asked for."""
    return [(name, fact.label) for name, fact in words.FACTS.items() if name not in when]


def empty_condition(name: str) -> dict[str, Any]:
    """What a new condition begins with."""
    return {"is": True} if words.FACTS[name].kind == "flag" else {}


# -- what was typed ---------------------------------------------------------------------------------


def typed_when(sent: QueryDict, currency: str, *, strict: bool = True) -> When:
    """The conditions that were sent, in their order. `strict`: an empty or wrong one is refused, else left empty.

    Raises InvalidInput(field=fact).
    """
    when: When = {}
    for name in sent.getlist("fact"):
        raw = sent.get(f"{name}-raw", "")
        if name in when or not (raw or name in words.FACTS):
            continue
        try:
            when[name] = _kept(raw) if raw else _typed(name, sent, currency)
        except (InvalidInput, ValueError):
            if strict:
                label = words.FACTS[name].label if name in words.FACTS else name
                raise InvalidInput(_("条件“%(what)s”没有填完整") % {"what": label}, field=name) from None
            when[name] = {} if raw else empty_condition(name)
    return when


def _typed(name: str, sent: QueryDict, currency: str) -> dict[str, Any]:
    fact = words.FACTS[name]
    if fact.kind == "flag":
        return {"is": sent.get(f"{name}-is") != "no"}
    if fact.kind == "choice":
        known = fact.choices or {}
        asked = [text.removeprefix(_MARK) for text in sent.getlist(f"{name}-in")]
        asked = [value for value in asked if value in known]
        if not asked:
            raise InvalidInput
        return {"is": asked[0]} if len(asked) == 1 else {"in": asked}
    if name in NULLABLE and f"{name}-unknown" in sent:
        return {"is": None}
    unit = _whole(sent.get(f"{name}-unit", "1")) if fact.kind == "seconds" else 1
    found = {
        key: _number(text, fact.kind, currency) * unit
        for key in ("min", "max")
        if (text := sent.get(f"{name}-{key}", "").strip())
    }
    if not found or found.get("min", 0) > found.get("max", found.get("min", 0)):
        raise InvalidInput
    return {"is": found["min"]} if len(found) == 2 and found["min"] == found["max"] else dict(found)


def _kept(raw: str) -> dict[str, Any]:
    found = json.loads(raw)
    if not isinstance(found, dict):
        raise InvalidInput
    return found


def _number(text: str, kind: str, currency: str) -> int:
    return Money.parse(text, currency).amount_minor if kind == "money" else _whole(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise InvalidInput
    return int(text)


def typed_rule(sent: QueryDict, before: Rule, currency: str) -> Rule:
    """The row that was sent. Raises InvalidInput; whether it fits into the table, the table says."""
    return Rule(
        name=before.name,
        when={
            name: dict(before.when[name]) if _alike(wanted, before.when.get(name)) else wanted
            for name, wanted in typed_when(sent, currency).items()
        },
        then=sent.get("then", ""),
        why=sent.get("why", ""),
        proven="proven" in sent,
    )


def _alike(one: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    """The same values in another order."""
    return other is not None and set(one) == set(other) == {"in"} and set(one["in"]) == set(other["in"])


def new_name(rules: Sequence[Rule]) -> str:
    """A name that no row has: it stands in decisions for good."""
    taken = {rule.name for rule in rules}
    return next(name for number in range(1, 1000) if (name := f"own_{number}") not in taken)
