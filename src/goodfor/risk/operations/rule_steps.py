"""Small steps that operations on rules and lists share; each runs in its caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.errors import Forbidden
from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.risk import rule_states as states
from goodfor.risk.errors import ProposalDecided, ProposalNotFound, ProposalWaits, RuleNotFound
from goodfor.risk.rule_models import Proposal, Rule, RuleVersion

_LOCK_RULE: Final = Statement("goodfor.risk", "sql/lock_rule.sql")
_LOCK_PROPOSAL: Final = Statement("goodfor.risk", "sql/lock_proposal.sql")
_BUMP: Final = Statement("goodfor.risk", "sql/bump_rules.sql")


def patient() -> None:
    """No lock is waited for any longer than everywhere in the house."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])


def hold_rule(shop_id: UUID, rule_id: UUID) -> Rule:
    """Lock a rule for the rest of the transaction. Raises RuleNotFound."""
    patient()
    if _LOCK_RULE.row({"shop_id": shop_id, "id": rule_id}) is None:
        raise RuleNotFound
    return Rule.objects.select_related("version").get(shop_id=shop_id, id=rule_id)


def hold_proposal(shop_id: UUID, proposal_id: UUID) -> Proposal:
    """Lock what waits for a second person. Raises ProposalNotFound, ProposalDecided."""
    patient()
    if _LOCK_PROPOSAL.row({"shop_id": shop_id, "id": proposal_id}) is None:
        raise ProposalNotFound
    row = Proposal.objects.get(shop_id=shop_id, id=proposal_id)
    if row.state != states.OPEN:
        raise ProposalDecided
    return row


def bump(shop_id: UUID, now: datetime) -> None:
    """Rules or custom lists changed: every process compiles anew with its next decision."""
    _BUMP.run({"shop_id": shop_id, "now": now})


def who_may(shop_id: UUID) -> list[str]:
    """Who of the staff may set rules and lists, as they are named in the audit trail."""
    return [staff.actor for staff in identity.staff_of_shop(shop_id) if staff.may(Permission.RISK_SET)]


def alone(shop_id: UUID, actor: str) -> bool:
    """Whether this person is the only one of the shop who may: then nobody else can be asked."""
    return who_may(shop_id) == [actor]


def must_be_able(shop_id: UUID, actor: str) -> None:
    """Raise Forbidden unless this is a person of the shop who may set rules and lists."""
    if actor not in who_may(shop_id):
        raise Forbidden


def propose(
    *, shop_id: UUID, kind: str, subject_id: UUID, wanted: Mapping[str, Any], reason: str, actor: str, now: datetime
) -> Proposal:
    """Ask a second person. Raises ProposalWaits where something is asked for of this subject already."""
    if Proposal.objects.filter(shop_id=shop_id, kind=kind, subject_id=subject_id, state=states.OPEN).exists():
        raise ProposalWaits
    try:
        with transaction.atomic():
            row = Proposal.objects.create(
                shop_id=shop_id, kind=kind, subject_id=subject_id, wanted=dict(wanted), reason=reason[:200],
                asked_by=actor[:80], asked_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise ProposalWaits from None
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_change_asked", subject=("risk_proposal", row.id),
        data={"kind": kind, "subject": str(subject_id), "reason": reason[:200], **_short(wanted)}, now=now,
    )  # fmt: skip
    return row


def close(row: Proposal, state: str, *, actor: str, now: datetime, by_oneself: bool = False) -> None:
    """Write down how a proposal ended. Raises IllegalTransition."""
    states.PROPOSAL.check(row.state, state)
    Proposal.objects.filter(shop_id=row.shop_id, id=row.id, state=states.OPEN).update(
        state=state, decided_by=actor[:80], decided_at=now, alone=by_oneself
    )
    row.state, row.decided_by, row.decided_at, row.alone = state, actor[:80], now, by_oneself
    audit.record(
        shop_id=row.shop_id, actor=actor, action=f"risk_change_{state}", subject=("risk_proposal", row.id),
        data={"kind": row.kind, "subject": str(row.subject_id), "asked_by": row.asked_by, "alone": by_oneself,
              **_short(row.wanted)},
        now=now,
    )  # fmt: skip


def put(
    rule: Rule, *, state: str, percent: int, version: RuleVersion | None, proposal: Proposal | None, actor: str,
    now: datetime,
) -> None:  # fmt: skip
    """Bring a rule where it was allowed to go, with its history and the audit trail; processes hear of it.

    `version`: in force from now on; None only for a draft that is given up. Raises IllegalTransition.
    """
    moves: list[tuple[str | None, str]] = [(rule.state, state)] if rule.state != state else []
    if moves:
        states.RULE.check(rule.state, state)
    before = {"state": rule.state, "percent": rule.percent, "version": rule.version.number if rule.version else 0}
    Rule.objects.filter(shop_id=rule.shop_id, id=rule.id, state=rule.state).update(
        state=state, percent=percent, version=version, changed_at=now,
        proposal_id=proposal.id if proposal else rule.proposal_id,
    )  # fmt: skip
    if moves:
        record_history(
            shop_id=rule.shop_id, machine=states.RULE, subject_id=rule.id, moves=moves, actor=actor,
            cause=f"proposal:{proposal.id}" if proposal else "set_state", now=now,
        )  # fmt: skip
    rule.state, rule.percent, rule.version = state, percent, version
    after = {"state": state, "percent": percent, "version": version.number if version else 0}
    audit.record(
        shop_id=rule.shop_id, actor=actor, action="risk_rule_set", subject=("risk_rule", rule.id),
        data={"code": rule.code, "from": before, "to": after}, now=now,
    )  # fmt: skip
    bump(rule.shop_id, now)


def _short(wanted: Mapping[str, Any]) -> dict[str, object]:
    """What the audit trail says of a proposal: entries by their number, not one by one."""
    return {"wanted": {name: len(value) if isinstance(value, list) else value for name, value in wanted.items()}}
