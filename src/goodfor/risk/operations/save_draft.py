"""Write a rule, or another version of it. Nothing counts by that."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.risk import rule_states as states
from goodfor.risk.errors import InvalidRule, RuleChanged
from goodfor.risk.operations.rule_steps import hold_rule
from goodfor.risk.rule_models import Rule, RuleVersion
from goodfor.risk.rule_queries import rule_view
from goodfor.risk.rule_reading import check_says, read
from goodfor.risk.rule_types import RuleText, RuleView

#: How a rule is called in decisions.
CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@transaction.atomic
def save_draft(
    *, shop_id: UUID, says: RuleText, actor: str, now: datetime, code: str = "", rule_id: UUID | None = None,
    latest: int | None = None,
) -> RuleView:  # fmt: skip
    """Make a rule (`code`) or its next version (`rule_id`); the same again makes none. In force is what was.

    `latest`: the number that the writer saw last. Raises BadExpression (with its place), InvalidRule(field),
    RuleNotFound, RuleChanged.
    """
    says = replace(says, name=says.name.strip(), text=says.text.strip(), words=says.words.strip())
    check_says(says)
    tree = read(shop_id, says.text).tree()
    if rule_id is None:
        rule = _begin(shop_id, code, actor, now)
    else:
        rule = _next(shop_id, rule_id, latest)
        if rule_view(rule).latest.says == says:
            return rule_view(rule)
        rule.latest += 1
        Rule.objects.filter(shop_id=shop_id, id=rule.id).update(latest=rule.latest, changed_at=now)
    version = RuleVersion.objects.create(
        shop_id=shop_id, rule=rule, number=rule.latest, name=says.name, words=says.words, text=says.text, tree=tree,
        scenes=[str(scene) for scene in says.scenes], outcome=str(says.outcome), hard=says.hard,
        hold_minutes=says.hold_minutes, cost=says.cost, quarantine_days=says.quarantine_days,
        quarantine_by=str(says.quarantine_by or ""), label=says.label, threat=says.threat, made_by=actor[:80],
        made_at=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_rule_saved", subject=("risk_rule", rule.id),
        data={"code": rule.code, "version": version.number, "text": says.text, "outcome": str(says.outcome)}, now=now,
    )  # fmt: skip
    return rule_view(Rule.objects.select_related("version").get(shop_id=shop_id, id=rule.id))


def _begin(shop_id: UUID, code: str, actor: str, now: datetime) -> Rule:
    if not CODE.fullmatch(code):
        raise InvalidRule(field="code", why="form")
    try:
        with transaction.atomic():
            rule = Rule.objects.create(id=uuid7(), shop_id=shop_id, code=code, latest=1, made_at=now, changed_at=now)
    except IntegrityError:
        raise InvalidRule(field="code", why="taken") from None
    record_history(
        shop_id=shop_id, machine=states.RULE, subject_id=rule.id, moves=[(None, states.DRAFT)], actor=actor,
        cause="save_draft", now=now,
    )  # fmt: skip
    return rule


def _next(shop_id: UUID, rule_id: UUID, latest: int | None) -> Rule:
    rule = hold_rule(shop_id, rule_id)
    if rule.state == states.RETIRED or (latest is not None and latest != rule.latest):
        raise RuleChanged
    return rule
