"""A rule that counts is switched off at once, by one person: a step that runs in its caller's transaction."""

from datetime import datetime

from goodfor.kernel.events import publish
from goodfor.risk import rule_states as states
from goodfor.risk.errors import InvalidRule
from goodfor.risk.operations.rule_steps import alone, close, must_be_able, propose, put
from goodfor.risk.rule_events import RuleSwitchedOff
from goodfor.risk.rule_models import Proposal, Rule
from goodfor.risk.rule_types import Change


def switch_off(rule: Rule, *, reason: str, actor: str, now: datetime) -> Change:
    """A rule that annoys must not wait for anybody. It is off now; a colleague is asked to look at it within a day.

    The owner hears of it by RuleSwitchedOff. What waited for a second person about this rule is over. Raises Forbidden,
    InvalidRule(reason).
    """
    if not reason.strip():
        raise InvalidRule(field="reason")
    must_be_able(rule.shop_id, actor)
    end_open(rule, (states.OF_RULE, states.OF_OFF), actor=actor, now=now)
    was, before = str(rule.version_id), rule.state
    wanted = {
        "state": states.OFF, "percent": 0, "version": was, "number": rule.version.number if rule.version else 0,
        "code": rule.code, "from_state": before, "from_percent": rule.percent, "from_version": was,
    }  # fmt: skip
    asked = propose(
        shop_id=rule.shop_id, kind=states.OF_OFF, subject_id=rule.id, wanted=wanted, reason=reason.strip(),
        actor=actor, now=now,
    )  # fmt: skip
    name = rule.version.name if rule.version else rule.code
    put(rule, state=states.OFF, percent=0, version=rule.version, proposal=asked, actor=actor, now=now)
    if alone(rule.shop_id, actor):
        close(asked, states.APPROVED, actor=actor, now=now, by_oneself=True)
    publish(
        shop_id=rule.shop_id,
        event=RuleSwitchedOff(rule.id, asked.id, rule.code, name, before, reason.strip()[:200], actor),
        now=now, cause=("risk_rule", rule.id),
    )  # fmt: skip
    return Change(True, asked.id)


def end_open(rule: Rule, kinds: tuple[str, ...], *, actor: str, now: datetime) -> None:
    """What is asked for of a held rule, and cannot be any more: withdrawn by who asked, else refused."""
    for row in Proposal.objects.filter(
        shop_id=rule.shop_id, kind__in=kinds, subject_id=rule.id, state=states.OPEN
    ).order_by("id"):  # fmt: skip
        close(row, states.WITHDRAWN if row.asked_by == actor else states.REFUSED, actor=actor, now=now)
