"""Let a rule be quiet for one key, and let a tripped key go: both for a reason, both written down."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.risk.errors import InvalidRule, SnoozeNotFound
from goodfor.risk.operations.rule_steps import hold_rule
from goodfor.risk.rule_models import Quarantine, Snooze
from goodfor.risk.types import KeyKind

#: Whoever has to be let through for longer belongs on a list.
AT_MOST: Final = timedelta(days=90)


@transaction.atomic
def snooze(
    *, shop_id: UUID, rule_id: UUID, kind: KeyKind, key: int, until: datetime, reason: str, actor: str, now: datetime
) -> UUID:
    """The rule does not count for this key until then; one that runs is replaced. Raises RuleNotFound, InvalidRule."""
    if not now < until <= now + AT_MOST:
        raise InvalidRule(field="until")
    if not reason.strip():
        raise InvalidRule(field="reason")
    rule = hold_rule(shop_id, rule_id)
    Snooze.objects.filter(shop_id=shop_id, rule=rule, key=key, ended_at__isnull=True).update(
        ended_at=now, ended_by=actor[:80]
    )
    row = Snooze.objects.create(
        shop_id=shop_id, rule=rule, kind=str(kind), key=key, until=until, reason=reason.strip()[:200],
        made_by=actor[:80], made_at=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_rule_snoozed", subject=("risk_rule", rule.id),
        data={"code": rule.code, "kind": str(kind), "key": str(key), "until": until.isoformat(), "reason": row.reason},
        now=now,
    )  # fmt: skip
    return row.id


@transaction.atomic
def end_snooze(*, shop_id: UUID, snooze_id: UUID, actor: str, now: datetime) -> None:
    """The rule counts again. Raises SnoozeNotFound."""
    ended = Snooze.objects.filter(shop_id=shop_id, id=snooze_id, ended_at__isnull=True).update(
        ended_at=now, ended_by=actor[:80]
    )
    if not ended:
        raise SnoozeNotFound
    row = Snooze.objects.get(shop_id=shop_id, id=snooze_id)
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_snooze_ended", subject=("risk_rule", row.rule_id),
        data={"kind": row.kind, "key": str(row.key)}, now=now,
    )  # fmt: skip


@transaction.atomic
def lift_quarantine(*, shop_id: UUID, rule_id: UUID, key: int, reason: str, actor: str, now: datetime) -> None:
    """A tripped key is free again, until the rule hits it anew. Raises SnoozeNotFound, InvalidRule."""
    if not reason.strip():
        raise InvalidRule(field="reason")
    lifted = Quarantine.objects.filter(
        shop_id=shop_id, rule_id=rule_id, key=key, lifted_at__isnull=True, until__gt=now
    ).update(lifted_at=now, lifted_by=actor[:80])
    if not lifted:
        raise SnoozeNotFound
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_quarantine_lifted", subject=("risk_rule", rule_id),
        data={"key": str(key), "reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip
