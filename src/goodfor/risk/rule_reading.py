"""What a shop may write into a rule."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from goodfor.risk import rule_states as states
from goodfor.risk.catalogue import CATALOGUE
from goodfor.risk.errors import InvalidRule
from goodfor.risk.language import Expression, from_tree, parse
from goodfor.risk.list_keys import TYPES
from goodfor.risk.list_models import CustomList
from goodfor.risk.rule_types import RuleText
from goodfor.risk.types import KeyKind, Outcome, Scene
from goodfor.risk.wording_rules import THREATS

_LABEL: Final = re.compile(r"R\d{4}(-\d{3})?")
HOLD_AT_MOST: Final = 43_200
QUARANTINE_AT_MOST: Final = 365


def read(shop_id: UUID, text: str) -> Expression:
    """The expression of a text, whose lists there are. Raises BadExpression, InvalidRule(field, list)."""
    made = parse(text, CATALOGUE, keys=TYPES)
    if made.lists:
        check_lists(made, dict(CustomList.objects.filter(shop_id=shop_id).values_list("name", "type")))
    return made


def check_lists(made: Expression, types: Mapping[str, str]) -> None:
    """A list that is asked for is there, and has entries of what it is asked about. Raises InvalidRule."""
    for reference in made.lists:
        if types.get(reference.list) != reference.subject:
            raise InvalidRule(field="text", list=reference.list, subject=reference.subject)


def stored(tree: object) -> Expression:
    """The expression of a stored tree. Raises BadExpression: something that it needs is not there any more."""
    return from_tree(tree, CATALOGUE, keys=TYPES)


def check_says(says: RuleText) -> None:
    """All of a rule but its expression. Raises InvalidRule(field)."""
    wrong = {
        "name": not 1 <= len(says.name) <= 80,
        "words": len(says.words) > 400,
        "scenes": not says.scenes
        or len(set(says.scenes)) != len(says.scenes)
        or not all(isinstance(scene, Scene) for scene in says.scenes),
        "outcome": says.outcome not in states.RULE_OUTCOMES,
        "hold_minutes": not 1 <= says.hold_minutes <= HOLD_AT_MOST
        if says.outcome is Outcome.HOLD
        else says.hold_minutes != 0,
        "cost": not 1 <= says.cost <= 4 if says.outcome is Outcome.CHALLENGE else says.cost != 0,
        "label": not _LABEL.fullmatch(says.label),
        "threat": says.threat not in THREATS,
        "quarantine_days": not 0 <= says.quarantine_days <= QUARANTINE_AT_MOST,
        "quarantine_by": not isinstance(says.quarantine_by, KeyKind)
        if says.quarantine_days
        else says.quarantine_by is not None,
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise InvalidRule(field=field)
