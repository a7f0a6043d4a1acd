"""Hand in what speaks for us in a dispute."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Rejected, Unknown
from goodfor.payments import states
from goodfor.payments.dispute_models import Dispute
from goodfor.payments.errors import ChannelRejected, ChannelUnavailable, DisputeNotFound, DisputeOver
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.providers.disputes import Evidence
from goodfor.payments.providers.registry import disputing


def send_evidence(*, shop_id: UUID, dispute_id: UUID, evidence: Evidence, actor: str, now: datetime) -> None:
    """Send it; the same again replaces it. Never inside a transaction.

    Raises DisputeNotFound, DisputeOver, ChannelRejected and ChannelUnavailable (send it again).
    """
    require_no_transaction()
    row = Dispute.objects.filter(shop_id=shop_id, id=dispute_id).first()
    account = Account.objects.filter(shop_id=shop_id, id=row.account_id).first() if row else None
    adapter = disputing(account.provider) if account else None
    if row is None or account is None or adapter is None:
        raise DisputeNotFound
    if row.state != states.DISPUTED:
        raise DisputeOver
    outcome = adapter.submit_evidence(opened(account), row.channel_ref, evidence, now)
    if isinstance(outcome, Rejected):
        raise ChannelRejected(reason=outcome.code)
    if isinstance(outcome, Unknown):
        raise ChannelUnavailable(number=row.channel_ref)
    with transaction.atomic():
        Dispute.objects.filter(shop_id=shop_id, id=row.id).update(evidence_at=now)
        audit.record(
            shop_id=shop_id, actor=actor, action="payments.evidence_sent", subject=("payments.dispute", row.id),
            data={"order": evidence.order_number, "reveals": len(evidence.reveals)}, now=now,
        )  # fmt: skip
