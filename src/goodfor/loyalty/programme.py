"""Which terms are in force. Reached through `queries`."""

from datetime import datetime
from uuid import UUID

from goodfor.loyalty import terms
from goodfor.loyalty.models import TermsRevision
from goodfor.loyalty.types import Revision, Terms


def terms_at(shop_id: UUID, at: datetime) -> Terms:
    """The terms that were in force at an instant; before there were any, points are off."""
    row = TermsRevision.objects.filter(shop_id=shop_id, made_at__lte=at).order_by("-number").first()
    return terms.from_json(row.terms) if row else Terms()


def revisions(shop_id: UUID, limit: int = 50) -> list[Revision]:
    """The latest first."""
    rows = TermsRevision.objects.filter(shop_id=shop_id).order_by("-number")[:limit]
    return [revision_view(row) for row in rows]


def revision_view(row: TermsRevision) -> Revision:
    """A row as its public type."""
    return Revision(row.number, terms.from_json(row.terms), row.made_at, row.made_by)
