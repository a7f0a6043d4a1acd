"""What is read of disputes. Part of `queries`."""

from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.payments.dispute_models import Dispute
from goodfor.payments.errors import DisputeNotFound
from goodfor.payments.models import Account
from goodfor.payments.types import DisputeView


def disputes_of(shop_id: UUID, payment_id: UUID) -> list[DisputeView]:
    """Disputes about a payment, oldest first."""
    rows = Dispute.objects.filter(shop_id=shop_id, payment_id=payment_id).order_by("id")
    return [_view(row) for row in rows]


def dispute(shop_id: UUID, dispute_id: UUID) -> DisputeView:
    """One dispute. Raises DisputeNotFound."""
    row = Dispute.objects.filter(shop_id=shop_id, id=dispute_id).first()
    if row is None:
        raise DisputeNotFound
    return _view(row)


def holds_back(shop_id: UUID, payment_id: UUID) -> bool:
    """True while a bank has the money, or has kept it: giving it back as well would pay twice."""
    return Dispute.objects.filter(shop_id=shop_id, payment_id=payment_id, state__in=("open", "lost")).exists()


def _view(row: Dispute) -> DisputeView:
    code = Account.objects.filter(shop_id=row.shop_id, id=row.account_id).values_list("code", flat=True).first()
    return DisputeView(
        id=row.id,
        shop_id=row.shop_id,
        payment_id=row.payment_id,
        provider=row.provider,
        account_code=code or "",
        channel_ref=row.channel_ref,
        amount=Money(row.amount_minor, row.currency),
        state=row.state,
        evidence_at=row.evidence_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )
