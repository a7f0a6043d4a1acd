"""A shop begins with rules that are known to be of use."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import translation

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.risk import rule_states as states
from goodfor.risk.catalogue import CATALOGUE
from goodfor.risk.language import parse
from goodfor.risk.list_keys import TYPES
from goodfor.risk.operations.rule_steps import bump, close
from goodfor.risk.operations.submit_rule import FULL
from goodfor.risk.rule_models import Proposal, Rule, RuleVersion
from goodfor.risk.rule_types import RuleText
from goodfor.risk.starter import STARTER
from goodfor.risk.starting import Starter

#: Who wrote them.
WRITER: Final = "goodfor"


def text_of(rule: Starter) -> RuleText:
    """What the rule says, with its name and words in the language that the translations begin from."""
    asks = rule.asks
    with translation.override("zh-hans"):
        name, words = str(rule.name), str(rule.words)
    return RuleText(
        name=name, text=rule.text, scenes=rule.scenes, outcome=asks.outcome, label=rule.label, threat=rule.threat,
        words=words, hard=asks.hard, hold_minutes=asks.hold, cost=asks.cost, quarantine_days=asks.stays,
        quarantine_by=asks.by,
    )  # fmt: skip


@transaction.atomic
def install_starter(*, shop_id: UUID, actor: str, now: datetime) -> int:
    """Make those that the shop does not have yet, live or in the shadow as each one says; how many.

    Whoever installs them (`actor`) is the second person: Goodfor wrote them. What a shop changed, turned off or retired
    stays as it is.
    """
    advisory_xact_lock(("risk_starter", shop_id))
    known = set(Rule.objects.filter(shop_id=shop_id).values_list("code", flat=True))
    missing = [rule for rule in STARTER if rule.code not in known]
    for rule in missing:
        _install(shop_id, rule, actor, now)
    if missing:
        bump(shop_id, now)
        audit.record(
            shop_id=shop_id, actor=actor, action="risk_starter_installed", subject=("shop", shop_id),
            data={"rules": len(missing), "live": sum(rule.asks.live for rule in missing)}, now=now,
        )  # fmt: skip
    return len(missing)


def _install(shop_id: UUID, starter: Starter, actor: str, now: datetime) -> None:
    says = text_of(starter)
    rule = Rule.objects.create(
        id=uuid7(), shop_id=shop_id, code=starter.code, latest=1, made_at=now, changed_at=now
    )  # fmt: skip
    version = RuleVersion.objects.create(
        shop_id=shop_id, rule=rule, number=1, name=says.name, words=says.words, text=says.text,
        tree=parse(says.text, CATALOGUE, keys=TYPES).tree(), scenes=[str(scene) for scene in says.scenes],
        outcome=str(says.outcome), hard=says.hard, hold_minutes=says.hold_minutes, cost=says.cost,
        quarantine_days=says.quarantine_days, quarantine_by=str(says.quarantine_by or ""), label=says.label,
        threat=says.threat, made_by=WRITER, made_at=now, approved_by=actor[:80], approved_at=now,
    )  # fmt: skip
    moves: list[tuple[str | None, str]] = [(None, states.DRAFT), (states.DRAFT, states.SHADOW)]
    Rule.objects.filter(shop_id=shop_id, id=rule.id).update(state=states.SHADOW, version=version)
    if starter.asks.live:
        asked = Proposal.objects.create(
            shop_id=shop_id, kind=states.OF_RULE, subject_id=rule.id,
            wanted={"state": states.LIVE, "percent": FULL, "version": str(version.id), "number": 1,
                    "code": rule.code, "from_state": states.SHADOW, "from_percent": 0,
                    "from_version": str(version.id)},
            asked_by=WRITER, asked_at=now,
        )  # fmt: skip
        close(asked, states.APPROVED, actor=actor, now=now)
        Rule.objects.filter(shop_id=shop_id, id=rule.id).update(
            state=states.LIVE, percent=FULL, proposal_id=asked.id
        )  # fmt: skip
        moves.append((states.SHADOW, states.LIVE))
    record_history(
        shop_id=shop_id, machine=states.RULE, subject_id=rule.id, moves=moves, actor=actor, cause="starter", now=now
    )  # fmt: skip
