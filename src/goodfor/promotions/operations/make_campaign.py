"""A campaign is made, and says something else from now on: each time a revision that never changes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history
from goodfor.promotions import states
from goodfor.promotions.campaign_models import Campaign, Revision
from goodfor.promotions.campaign_types import Made
from goodfor.promotions.checking import check
from goodfor.promotions.errors import CampaignChanged, InvalidCampaign
from goodfor.promotions.operations.campaign_steps import hold_campaign, must_be_able
from goodfor.promotions.stored import as_json, digest_of
from goodfor.promotions.types import Spec


@transaction.atomic
def make_campaign(*, shop_id: UUID, name: str, spec: Spec, actor: str, now: datetime, note: str = "") -> Made:
    """A draft with its first revision. Raises InvalidCampaign(field), Forbidden."""
    must_be_able(shop_id, actor)
    check(name, spec)
    campaign = Campaign.objects.create(
        shop_id=shop_id, name=name, play=spec.play, latest=1, starts_at=spec.window.starts_at,
        ends_at=spec.window.ends_at, made_by=actor[:80], made_at=now, changed_at=now,
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.CAMPAIGN, subject_id=campaign.id, moves=[(None, states.DRAFT)], actor=actor,
        cause="make", now=now,
    )  # fmt: skip
    return _write(campaign, name, spec, actor, note, now)


@transaction.atomic
def revise_campaign(
    *, shop_id: UUID, campaign_id: UUID, name: str, spec: Spec, actor: str, now: datetime, note: str = "",
    latest: int | None = None,
) -> Made:  # fmt: skip
    """The next revision; what is in force stays in force until it is submitted and approved.

    `latest`: the number that the writer has seen. Raises CampaignNotFound, CampaignChanged (seen another one, one waits
    for a second person, or it is over), InvalidCampaign(field), Forbidden.
    """
    must_be_able(shop_id, actor)
    campaign = hold_campaign(shop_id, campaign_id)
    over = campaign.state in (states.ENDED, states.ARCHIVED)
    if over or campaign.submitted_id is not None or latest not in (None, campaign.latest):
        raise CampaignChanged
    if spec.play != campaign.play:
        raise InvalidCampaign(field="play")
    check(name, spec)
    campaign.latest += 1
    changed = ["latest", "changed_at"]
    campaign.changed_at = now
    if campaign.revision_id is None:
        campaign.name, campaign.starts_at, campaign.ends_at = name, spec.window.starts_at, spec.window.ends_at
        changed += ["name", "starts_at", "ends_at"]
    campaign.save(update_fields=changed)
    return _write(campaign, name, spec, actor, note, now)


def _write(campaign: Campaign, name: str, spec: Spec, actor: str, note: str, now: datetime) -> Made:
    said = as_json(spec)
    revision = Revision.objects.create(
        shop_id=campaign.shop_id, campaign=campaign, number=campaign.latest, name=name, spec=said,
        hash=digest_of(said), note=note[:200], made_by=actor[:80], made_at=now,
    )  # fmt: skip
    audit.record(
        shop_id=campaign.shop_id, actor=actor, action="promotions_revision_made",
        subject=("promotions_campaign", campaign.id),
        data={"name": name, "number": revision.number, "hash": revision.hash.hex()}, now=now,
    )  # fmt: skip
    return Made(campaign.id, revision.id, revision.number)
