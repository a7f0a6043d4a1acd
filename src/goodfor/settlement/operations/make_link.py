"""Give a party a way to its statements, and take it back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.settlement import links, ports
from goodfor.settlement.models import Link
from goodfor.settlement.types import LinkView

LONGEST_DAYS = 180


def make_link(*, shop_id: UUID, party_id: UUID, actor: str, now: datetime, days: int = 30) -> tuple[LinkView, str]:
    """The link and the token for its address. Raises PartyNotFound, InvalidInput (1 to 180 days)."""
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput("a link lives 1 to 180 days")
    party = ports.party_of(shop_id, party_id)
    with transaction.atomic():
        row = Link.objects.create(
            shop_id=shop_id, party_id=party.id, made_at=now, made_by=actor, expires_at=now + timedelta(days=days)
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="settlement.link_made",
            subject=("settlement.link", row.id),
            data={"party": str(party.id), "days": days},
            now=now,
        )
    view = LinkView(row.id, row.shop_id, row.party_id, row.expires_at)
    return view, links.token_of(view)


def revoke_links(*, shop_id: UUID, party_id: UUID, actor: str, now: datetime) -> int:
    """Take all links of a party back; how many still opened something."""
    with transaction.atomic():
        rows = Link.objects.filter(shop_id=shop_id, party_id=party_id, revoked_at__isnull=True, expires_at__gt=now)
        count = rows.update(revoked_at=now)
        if count:
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="settlement.links_revoked",
                subject=("settlement.party", party_id),
                data={"count": count},
                now=now,
            )
    return count
