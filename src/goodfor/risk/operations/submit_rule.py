"""Bring a version of a rule into force, or a rule to another state: at once, or once a second person approved."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.risk import rule_states as states
from goodfor.risk.backtest_forms import digest_of
from goodfor.risk.backtest_queries import newest_of
from goodfor.risk.errors import InvalidRule, RuleChanged, RuleNotFound
from goodfor.risk.operations.rule_off import end_open, switch_off
from goodfor.risk.operations.rule_steps import alone, close, hold_rule, must_be_able, propose, put
from goodfor.risk.rule_models import Proposal, Rule, RuleVersion
from goodfor.risk.rule_reading import read
from goodfor.risk.rule_types import Change

FULL = 100


@transaction.atomic
def submit(
    *, shop_id: UUID, rule_id: UUID, version: int, state: str, actor: str, now: datetime, percent: int = 0,
    reason: str = "",
) -> Change:  # fmt: skip
    """Ask that this version be in force, in this state (`percent`: 1 to 99 for that state, else ignored).

    What counts after it or counted before it waits for a second person; the shadow needs none, nor does switching off
    (`rule_off`), which wants a reason. A draft can be submitted only to the shadow. Where the shop has only one person
    who may, it is done and marked so. Raises RuleNotFound, RuleChanged, InvalidRule(field), IllegalTransition,
    ProposalWaits, Forbidden, BadExpression (what the version needs is gone).
    """
    rule = hold_rule(shop_id, rule_id)
    asked = RuleVersion.objects.filter(shop_id=shop_id, rule=rule, number=version).first()
    if asked is None:
        raise RuleNotFound
    read(shop_id, asked.text)
    return _go(rule, asked, state, _percent(state, percent), reason, actor, now)


@transaction.atomic
def set_state(
    *, shop_id: UUID, rule_id: UUID, state: str, actor: str, now: datetime, percent: int = 0, reason: str = ""
) -> Change:
    """The same for the version that is in force (of a draft: its newest). Raises as `submit` does."""
    rule = hold_rule(shop_id, rule_id)
    version = rule.version or RuleVersion.objects.get(shop_id=shop_id, rule=rule, number=rule.latest)
    return _go(rule, version, state, _percent(state, percent), reason, actor, now)


@transaction.atomic
def retire(*, shop_id: UUID, rule_id: UUID, actor: str, now: datetime) -> None:
    """Put away, for good, a draft or a rule that is off; its code stays taken. Raises as `submit` does."""
    rule = hold_rule(shop_id, rule_id)
    states.RULE.check(rule.state, states.RETIRED)
    put(rule, state=states.RETIRED, percent=0, version=rule.version, proposal=None, actor=actor, now=now)


def _percent(state: str, percent: int) -> int:
    if state == states.LIVE:
        return FULL
    if state != states.PERCENT:
        return 0
    if not 1 <= percent < FULL:
        raise InvalidRule(field="percent")
    return percent


def _go(rule: Rule, version: RuleVersion, state: str, percent: int, reason: str, actor: str, now: datetime) -> Change:
    if state not in states.RULE.states or state in (states.DRAFT, states.RETIRED):
        raise InvalidRule(field="state")
    if rule.state != state:
        states.RULE.check(rule.state, state)
    elif rule.version_id == version.id and rule.percent == percent:
        return Change(True)
    if not {rule.state, state} & states.COUNTS:
        put(rule, state=state, percent=percent, version=version, proposal=None, actor=actor, now=now)
        return Change(True)
    if state == states.OFF and version.id == rule.version_id:
        return switch_off(rule, reason=reason, actor=actor, now=now)
    must_be_able(rule.shop_id, actor)
    tried = newest_of(rule.shop_id, digest_of(version.text, version.scenes))
    wanted = {
        "state": state, "percent": percent, "version": str(version.id), "number": version.number, "code": rule.code,
        "from_state": rule.state, "from_percent": rule.percent,
        "from_version": str(rule.version_id) if rule.version_id else None,
        # Who approves looks at the same figures.
        "backtest": str(tried) if tried else None,
    }  # fmt: skip
    asked = propose(
        shop_id=rule.shop_id, kind=states.OF_RULE, subject_id=rule.id, wanted=wanted, reason=reason, actor=actor,
        now=now,
    )  # fmt: skip
    if not alone(rule.shop_id, actor):
        return Change(False, asked.id)
    apply_to_rule(rule, asked, actor=actor, now=now, by_oneself=True)
    return Change(True, asked.id)


def apply_to_rule(rule: Rule, asked: Proposal, *, actor: str, now: datetime, by_oneself: bool) -> None:
    """Do to a held rule what a held proposal wants. Raises RuleChanged when it is not what was looked at any more."""
    wanted = asked.wanted
    was = (wanted["from_state"], wanted["from_percent"], wanted["from_version"])
    if was != (rule.state, rule.percent, str(rule.version_id) if rule.version_id else None):
        raise RuleChanged
    version = RuleVersion.objects.get(shop_id=rule.shop_id, rule=rule, id=UUID(wanted["version"]))
    close(asked, states.APPROVED, actor=actor, now=now, by_oneself=by_oneself)
    if version.approved_at is None and wanted["state"] in states.COUNTS:
        RuleVersion.objects.filter(shop_id=rule.shop_id, id=version.id, approved_at__isnull=True).update(
            approved_by=actor[:80], approved_at=now, alone=version.made_by == actor
        )
        version.refresh_from_db(from_queryset=RuleVersion.objects.filter(shop_id=rule.shop_id))
    put(rule, state=wanted["state"], percent=wanted["percent"], version=version, proposal=asked, actor=actor, now=now)
    if wanted["state"] in states.COUNTS:
        # Nobody needs to confirm any more that it is off.
        end_open(rule, (states.OF_OFF,), actor=actor, now=now)
