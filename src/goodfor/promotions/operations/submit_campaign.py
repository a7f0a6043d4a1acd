"""A revision is asked for, looked at by a second person, and in force from then on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.promotions import states
from goodfor.promotions.campaign_models import Campaign, Revision
from goodfor.promotions.campaign_types import Change
from goodfor.promotions.errors import CampaignChanged, CampaignNotFound, CampaignOver, SecondPersonNeeded
from goodfor.promotions.events import CampaignSubmitted
from goodfor.promotions.operations.campaign_steps import (
    alone,
    fit_quotas,
    hold_campaign,
    must_be_able,
    put,
    spec_of_revision,
)


@transaction.atomic
def submit_campaign(*, shop_id: UUID, campaign_id: UUID, number: int, actor: str, now: datetime) -> Change:
    """Ask that a revision be in force. Where the shop has only one person who may, it is so at once, and marked.

    Raises CampaignNotFound, CampaignChanged (one waits already, or it is over), CampaignOver, Forbidden.
    """
    must_be_able(shop_id, actor)
    campaign = hold_campaign(shop_id, campaign_id)
    revision = Revision.objects.filter(shop_id=shop_id, campaign=campaign, number=number).first()
    if revision is None:
        raise CampaignNotFound
    if campaign.submitted_id is not None or campaign.state in (states.ENDED, states.ARCHIVED):
        raise CampaignChanged
    if spec_of_revision(revision).window.ends_at <= now:
        raise CampaignOver
    campaign.submitted, campaign.submitted_by = revision, actor[:80]
    put(campaign, [states.REVIEW] if campaign.state == states.DRAFT else [], actor=actor, cause="submit", now=now)
    if alone(shop_id, actor):
        _in_force(campaign, revision, actor=actor, now=now, by_oneself=revision.made_by == actor)
        return Change(True, campaign.state)
    publish(
        shop_id=shop_id, event=CampaignSubmitted(campaign.id, revision.id, revision.name, actor), now=now,
        cause=("promotions_campaign", campaign.id),
    )  # fmt: skip
    return Change(False, campaign.state)


@transaction.atomic
def approve_campaign(*, shop_id: UUID, campaign_id: UUID, number: int, actor: str, now: datetime) -> Change:
    """Let the submitted revision be in force. Who wrote or submitted it cannot, unless nobody else may.

    Raises CampaignNotFound, CampaignChanged (another one is submitted), CampaignOver, SecondPersonNeeded, Forbidden.
    """
    must_be_able(shop_id, actor)
    campaign = hold_campaign(shop_id, campaign_id)
    revision = campaign.submitted
    if revision is None or revision.number != number:
        raise CampaignChanged
    by_oneself = alone(shop_id, actor)
    if not by_oneself and actor in (revision.made_by, campaign.submitted_by):
        raise SecondPersonNeeded
    if spec_of_revision(revision).window.ends_at <= now:
        raise CampaignOver
    _in_force(campaign, revision, actor=actor, now=now, by_oneself=by_oneself and revision.made_by == actor)
    return Change(True, campaign.state)


@transaction.atomic
def refuse_campaign(*, shop_id: UUID, campaign_id: UUID, actor: str, now: datetime, reason: str = "") -> Change:
    """The submitted revision is not to be, or is taken back by who submitted it; what is in force stays.

    Raises CampaignNotFound, CampaignChanged (nothing waits), Forbidden.
    """
    must_be_able(shop_id, actor)
    campaign = hold_campaign(shop_id, campaign_id)
    if campaign.submitted_id is None:
        raise CampaignChanged
    campaign.submitted, campaign.submitted_by = None, ""
    put(
        campaign, [states.DRAFT] if campaign.state == states.REVIEW else [], actor=actor,
        cause=f"refuse: {reason}"[:80] if reason else "refuse", now=now,
    )  # fmt: skip
    return Change(True, campaign.state)


def _in_force(campaign: Campaign, revision: Revision, *, actor: str, now: datetime, by_oneself: bool) -> None:
    if revision.approved_at is None:
        Revision.objects.filter(shop_id=campaign.shop_id, id=revision.id, approved_at__isnull=True).update(
            approved_by=actor[:80], approved_at=now, alone=by_oneself
        )
    spec = spec_of_revision(revision)
    campaign.revision, campaign.submitted, campaign.submitted_by = revision, None, ""
    campaign.name = revision.name
    campaign.starts_at, campaign.ends_at = spec.window.starts_at, spec.window.ends_at
    moves = []
    if campaign.state == states.REVIEW:
        moves = [states.SCHEDULED, *([states.RUNNING] if campaign.starts_at <= now else [])]
    put(campaign, moves, actor=actor, cause="approve", now=now)
    fit_quotas(campaign, spec, now)
