"""A campaign is stopped, goes on, is ended or put away."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.promotions import states
from goodfor.promotions.campaign_types import Change
from goodfor.promotions.errors import CampaignOver
from goodfor.promotions.operations.campaign_steps import hold_campaign, must_be_able, put


@transaction.atomic
def pause_campaign(*, shop_id: UUID, campaign_id: UUID, actor: str, now: datetime) -> Change:
    """Stop it at once; one person is enough. Raises CampaignNotFound, IllegalTransition, Forbidden."""
    must_be_able(shop_id, actor)
    campaign = hold_campaign(shop_id, campaign_id)
    put(campaign, [states.PAUSED], actor=actor, cause="pause", now=now, why=states.BY_HAND)
    return Change(True, campaign.state)


@transaction.atomic
def resume_campaign(*, shop_id: UUID, campaign_id: UUID, actor: str, now: datetime) -> Change:
    """Let it go on as it was approved. Raises CampaignNotFound, CampaignOver, IllegalTransition, Forbidden."""
    must_be_able(shop_id, actor)
    campaign = hold_campaign(shop_id, campaign_id)
    if campaign.ends_at <= now:
        raise CampaignOver
    put(campaign, [states.RUNNING], actor=actor, cause="resume", now=now)
    return Change(True, campaign.state)


@transaction.atomic
def end_campaign(*, shop_id: UUID, campaign_id: UUID, actor: str, now: datetime) -> Change:
    """End it for good; what waits for approval is not to be. Raises CampaignNotFound, IllegalTransition, Forbidden."""
    must_be_able(shop_id, actor)
    campaign = hold_campaign(shop_id, campaign_id)
    campaign.submitted, campaign.submitted_by = None, ""
    put(campaign, [states.ENDED], actor=actor, cause="end", now=now)
    return Change(True, campaign.state)


@transaction.atomic
def archive_campaign(*, shop_id: UUID, campaign_id: UUID, actor: str, now: datetime) -> Change:
    """Put away a draft or what has ended. Raises CampaignNotFound, IllegalTransition, Forbidden."""
    must_be_able(shop_id, actor)
    campaign = hold_campaign(shop_id, campaign_id)
    put(campaign, [states.ARCHIVED], actor=actor, cause="archive", now=now)
    return Change(True, campaign.state)
