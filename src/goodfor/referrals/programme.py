"""Which terms are in force. Reached through `queries`."""

from datetime import datetime
from uuid import UUID

from goodfor.referrals import terms
from goodfor.referrals.models import ProgrammeRevision, ProgrammeWish
from goodfor.referrals.types import Revision, Wish


def revision_at(shop_id: UUID, at: datetime) -> Revision | None:
    """The terms that were in force at an instant; None: there were none yet."""
    row = ProgrammeRevision.objects.filter(shop_id=shop_id, made_at__lte=at).order_by("-number").first()
    return revision_view(row) if row else None


def revision_numbered(shop_id: UUID, number: int) -> Revision:
    """One that rewards name."""
    return revision_view(ProgrammeRevision.objects.get(shop_id=shop_id, number=number))


def revisions(shop_id: UUID, limit: int = 50) -> list[Revision]:
    """The latest first."""
    rows = ProgrammeRevision.objects.filter(shop_id=shop_id).order_by("-number")[:limit]
    return [revision_view(row) for row in rows]


def wish_of(shop_id: UUID) -> Wish | None:
    """The terms that somebody has asked for and a second person has not said yet."""
    row = ProgrammeWish.objects.filter(shop_id=shop_id).first()
    return Wish(terms.from_json(row.terms), row.asked_by, row.asked_at) if row else None


def revision_view(row: ProgrammeRevision) -> Revision:
    """A row as its public type."""
    return Revision(row.id, row.programme_id, row.number, terms.from_json(row.terms), row.made_at, row.made_by)
