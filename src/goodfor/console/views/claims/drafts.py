"""A decision table that somebody is changing: kept in their session until it is saved or thrown away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.errors import InvalidRules
from goodfor.aftersales.types import Rule
from goodfor.console.types import Visitor

_KEY: Final = "console_claim_rules"


@dataclass(frozen=True, slots=True)
class Draft:
    """A changed table, and the version it was made from. It could be saved as it is: whatever could not was refused."""

    base: int
    rules: tuple[Rule, ...]


def draft_of(request: HttpRequest, visitor: Visitor) -> Draft | None:
    """The person's draft in this shop; None without one."""
    kept = request.session.get(_KEY)
    if not isinstance(kept, dict) or kept.get("shop") != str(visitor.shop.id):
        return None
    try:
        return Draft(int(kept["base"]), aftersales.rules_from_json(kept["rules"]))
    except InvalidRules:
        # Kept before an upgrade took one of its words away.
        return None


def begin(request: HttpRequest, visitor: Visitor) -> Draft:
    """The draft, or the table in force as one."""
    found = draft_of(request, visitor)
    if found is not None:
        return found
    policy = aftersales.policy(visitor.shop.id)
    return Draft(policy.version, policy.rules)


def keep(request: HttpRequest, visitor: Visitor, base: int, rules: Sequence[Rule]) -> None:
    """Keep a table that could be saved. Raises InvalidRules."""
    aftersales.validate_rules(rules)
    request.session[_KEY] = {
        "shop": str(visitor.shop.id), "base": base, "rules": aftersales.rules_to_json(rules)
    }  # fmt: skip


def drop(request: HttpRequest) -> None:
    """There is no draft any more."""
    request.session.pop(_KEY, None)


def moved(rules: Sequence[Rule], row: int, by: int) -> list[Rule]:
    """With a row (from 1) in another place; the last one, which is for everything, stays the last."""
    found, last = list(rules[:-1]), rules[-1]
    to = row - 1 + by
    if 1 <= row <= len(found) and 0 <= to < len(found):
        found.insert(to, found.pop(row - 1))
    return [*found, last]


def without(rules: Sequence[Rule], row: int) -> list[Rule]:
    """Without a row; the last one stays."""
    return [rule for number, rule in enumerate(rules, 1) if number != row or number == len(rules)]
