"""Campaigns start and end by their window, and stop by themselves when their budget is gone or floors cut them off."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.promotions import states
from goodfor.promotions.campaign_models import Campaign, Plan
from goodfor.promotions.events import CampaignPaused
from goodfor.promotions.operations.campaign_steps import bump, fit_quotas, hold_campaign, put, spec_of_revision

_DUE: Final = Statement("goodfor.promotions", "sql/to_tend.sql")
_CUT_OFF: Final = Statement("goodfor.promotions", "sql/cut_off.sql")
#: Limits of the next day, week or month are made so long before.
AHEAD: Final = timedelta(hours=1)
SYSTEM: Final = "system"
#: What a limit of the whole campaign counts that has nothing left.
_SPENT: Final = {states.BY_BUDGET: "minor", states.BY_LOSS: "loss"}


def tend_campaigns(*, now: datetime) -> int:
    """Whatever is due, each campaign in a transaction of its own; how many moved."""
    with platform_job("campaigns by the clock"):
        due = _DUE.rows({"now": now})
    return sum(_tend(shop_id, campaign_id, what, now) for shop_id, campaign_id, what in due)


def stop_cut_off(*, now: datetime) -> int:
    """Stop campaigns of whose promises floors and costs leave less than half; how many."""
    with platform_job("campaigns by their floors"):
        due = _CUT_OFF.rows({"now": now})
    return sum(_tend(shop_id, campaign_id, what, now) for shop_id, campaign_id, what in due)


@transaction.atomic
def _tend(shop_id: UUID, campaign_id: UUID, what: str, now: datetime) -> int:
    campaign = hold_campaign(shop_id, campaign_id)
    target = {"start": states.RUNNING, "end": states.ENDED}.get(what, states.PAUSED)
    # Somebody was quicker.
    if target not in states.CAMPAIGN.transitions[campaign.state] or (what == "end") != (campaign.ends_at <= now):
        return 0
    if what == "start" and campaign.state != states.SCHEDULED:
        return 0
    if what in _SPENT and not _has_limit(campaign, _SPENT[what]):
        return 0
    if target == states.ENDED:
        campaign.submitted, campaign.submitted_by = None, ""
    put(
        campaign, [target], actor=SYSTEM, cause="clock" if target != states.PAUSED else f"pause:{what}", now=now,
        why=what if target == states.PAUSED else "",
    )  # fmt: skip
    if target == states.PAUSED:
        publish(
            shop_id=shop_id, event=CampaignPaused(campaign.id, campaign.name, what), now=now,
            cause=("promotions_campaign", campaign.id),
        )  # fmt: skip
    return 1


def _has_limit(campaign: Campaign, counts: str) -> bool:
    """Whether the revision in force has it still: what an earlier one had given stays counted."""
    limits = spec_of_revision(campaign.revision).limits if campaign.revision else ()
    return any((one.entity, one.counts, one.period) == ("campaign", counts, "all") for one in limits)


def prepare_limits(*, now: datetime) -> int:
    """Limits of the periods that begin soon, so that no buyer makes them; and a shop's new zone counts. How many."""
    done = 0
    with platform_job("limits of the next day"):
        live = list(Campaign.objects.select_related("revision").filter(state__in=states.LIVE).order_by("id"))
        zones = {row.shop_id: row.timezone for row in Plan.objects.all()}
    for shop_id, zone in zones.items():
        if identity.shop_by_id(shop_id).timezone != zone:
            with transaction.atomic():
                bump(shop_id, now)
    for campaign in live:
        spec = spec_of_revision(campaign.revision) if campaign.revision else None
        if spec is not None and any(limit.period != "all" for limit in spec.limits):
            with transaction.atomic():
                fit_quotas(campaign, spec, now + AHEAD)
            done += 1
    return done
