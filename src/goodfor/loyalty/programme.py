"""Which terms are in force. Reached through `queries`."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.identity import queries as identity
from goodfor.loyalty import kinds, terms
from goodfor.loyalty.models import RunMark, TermsRevision
from goodfor.loyalty.types import Reckoning, Revision, Sample, Terms

#: The run that reckons anew what is owed.
RECKONING = "revalue"


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


def sample(said: Terms, minor: int) -> Sample:
    """What terms mean for a sale of so much, whether they are on or not."""
    units = terms.earned(said.earn_centi, minor)
    return Sample(
        units, terms.buys(said, units), terms.worth(said, units), growth=terms.earned(said.growth_centi, minor)
    )


def present(shop_id: UUID, units: int, now: datetime) -> tuple[int, datetime | None]:
    """What the books owe for points that are given now without a sale, and when these end; by the terms in force."""
    said = terms_at(shop_id, now)
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    return min(terms.worth(said, units), kinds.MOST_MINOR), terms.ends_at(said.live_months, now, zone)


def reckoning(shop_id: UUID) -> Reckoning | None:
    """How far the last reckoning anew is; None: nobody has asked for one."""
    row = RunMark.objects.filter(shop_id=shop_id, name=RECKONING).first()
    return Reckoning(row.day, row.through) if row else None
