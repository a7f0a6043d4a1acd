"""Reads of campaigns."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count

from goodfor.kernel.sql import Statement, Tally
from goodfor.promotions import plan_cache
from goodfor.promotions.campaign_models import Campaign, Revision
from goodfor.promotions.campaign_types import CampaignView, Figures, RevisionView
from goodfor.promotions.cart_types import Live
from goodfor.promotions.checking import check
from goodfor.promotions.errors import CampaignNotFound
from goodfor.promotions.spec_types import Spec
from goodfor.promotions.stored import read

_FIGURES: Final = Statement(__package__, "sql/figures.sql")
#: How many campaigns of a shop wait for a second person.
in_review: Final = Tally(__package__, "sql/in_review.sql")


def campaigns(
    shop_id: UUID, *, states: Collection[str] = (), plays: Collection[str] = (), since: datetime | None = None,
    until: datetime | None = None, most: int = 200, offset: int = 0,
) -> list[CampaignView]:  # fmt: skip
    """Campaigns, newest first. `states`, `plays`: only those; `since`, `until`: whose window meets that time."""
    rows = Campaign.objects.filter(shop_id=shop_id).select_related("revision", "submitted")
    if states:
        rows = rows.filter(state__in=states)
    if plays:
        rows = rows.filter(play__in=plays)
    if since is not None:
        rows = rows.filter(ends_at__gt=since)
    if until is not None:
        rows = rows.filter(starts_at__lt=until)
    return [_view(row) for row in rows.order_by("-id")[offset : offset + most]]


def campaign(shop_id: UUID, campaign_id: UUID) -> CampaignView:
    """One campaign. Raises CampaignNotFound."""
    row = Campaign.objects.select_related("revision", "submitted").filter(shop_id=shop_id, id=campaign_id).first()
    if row is None:
        raise CampaignNotFound
    return _view(row)


def revisions(shop_id: UUID, campaign_id: UUID) -> list[RevisionView]:
    """All that a campaign has said, newest first."""
    return [
        RevisionView(
            id=row.id, number=row.number, name=row.name, spec=read(row.spec), hash=bytes(row.hash).hex(),
            note=row.note, made_by=row.made_by, made_at=row.made_at, approved_by=row.approved_by,
            approved_at=row.approved_at, alone=row.alone,
        )
        for row in Revision.objects.filter(shop_id=shop_id, campaign_id=campaign_id).order_by("-number")
    ]  # fmt: skip


def figures(shop_id: UUID, campaign_ids: Sequence[UUID]) -> dict[UUID, Figures]:
    """What each has given so far, and what is left of its budgets for all time."""
    rows = _FIGURES.rows({"shop_id": shop_id, "ids": list(campaign_ids)})
    return {row[0]: Figures(*row[1:]) for row in rows}


def checked(name: str, spec: Spec) -> None:
    """Raise InvalidCampaign(field) for what could not be written as a revision; InvalidSpec says more."""
    check(name, spec)


def specs(shop_id: UUID, revision_ids: Collection[UUID]) -> dict[UUID, Spec]:
    """What revisions say, by id; one that is a bundle's is not among them."""
    return plan_cache.specs_of(shop_id, revision_ids)


def counts_by_state(shop_id: UUID) -> dict[str, int]:
    """How many campaigns are in each state."""
    rows = Campaign.objects.filter(shop_id=shop_id).values_list("state")
    return dict(rows.annotate(count=Count("id")))


def specs_in_force(shop_id: UUID, campaign_ids: Collection[UUID]) -> dict[UUID, Spec]:
    """By campaign, what is in force, else what waits for a second person."""
    rows = Campaign.objects.filter(shop_id=shop_id, id__in=list(campaign_ids))
    said = {row.id: row.revision or row.submitted for row in rows.select_related("revision", "submitted")}
    return {campaign_id: read(revision.spec) for campaign_id, revision in said.items() if revision is not None}


def live_campaigns(shop_id: UUID) -> tuple[Live, ...]:
    """What counts or will count as it was approved, without what is left: for pages that show or reckon with it."""
    version, known = plan_cache.version_of(shop_id), plan_cache.known(shop_id)
    if known is None or known.version != version:
        known = plan_cache.load(shop_id)
    return known.lives


def _view(row: Campaign) -> CampaignView:
    return CampaignView(
        id=row.id, name=row.name, play=row.play, state=row.state, starts_at=row.starts_at, ends_at=row.ends_at,
        paused_why=row.paused_why, in_force=row.revision.number if row.revision else None,
        submitted=row.submitted.number if row.submitted else None, submitted_by=row.submitted_by, latest=row.latest,
        made_by=row.made_by, changed_at=row.changed_at,
    )  # fmt: skip
