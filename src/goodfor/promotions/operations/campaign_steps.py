"""Small steps that operations on campaigns share; each runs in its caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.errors import Forbidden
from goodfor.kernel.events import publish
from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.promotions import states
from goodfor.promotions.campaign_models import Campaign, Revision
from goodfor.promotions.errors import CampaignNotFound
from goodfor.promotions.events import CampaignMoved
from goodfor.promotions.limit_keys import UNITS, bucket_of, key_of, most_of, shared_limits
from goodfor.promotions.stored import read
from goodfor.promotions.types import Spec, UnitPrice

_LOCK: Final = Statement("goodfor.promotions", "sql/lock_campaign.sql")
_BUMP: Final = Statement("goodfor.promotions", "sql/bump.sql")
_FIT: Final = Statement("goodfor.promotions", "sql/fit_quota.sql")


def hold_campaign(shop_id: UUID, campaign_id: UUID) -> Campaign:
    """Lock a campaign for the rest of the transaction. Raises CampaignNotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    if _LOCK.row({"shop_id": shop_id, "id": campaign_id}) is None:
        raise CampaignNotFound
    return Campaign.objects.select_related("revision", "submitted").get(shop_id=shop_id, id=campaign_id)


def bump(shop_id: UUID, now: datetime) -> None:
    """What counts changed: every process reads anew with its next cart."""
    _BUMP.run({"shop_id": shop_id, "timezone": identity.shop_by_id(shop_id).timezone, "now": now})


def who_may(shop_id: UUID) -> list[str]:
    """Who of the staff may set campaigns, as they are named in the audit trail."""
    return [staff.actor for staff in identity.staff_of_shop(shop_id) if staff.may(Permission.PROMOTIONS_SET)]


def alone(shop_id: UUID, actor: str) -> bool:
    """Whether this person is the only one of the shop who may: then nobody else can be asked."""
    return who_may(shop_id) == [actor]


def must_be_able(shop_id: UUID, actor: str) -> None:
    """Raise Forbidden unless this is a person of the shop who may set campaigns."""
    if actor not in who_may(shop_id):
        raise Forbidden


def put(
    campaign: Campaign, moves: Sequence[str], *, actor: str, cause: str, now: datetime, why: str = ""
) -> None:  # fmt: skip
    """Bring a held campaign along these states, with what else of it was changed: history, audit line, event.

    Raises IllegalTransition.
    """
    was = campaign.state
    steps: list[tuple[str | None, str]] = []
    for state in moves:
        states.CAMPAIGN.check(campaign.state, state)
        steps.append((campaign.state, state))
        campaign.state = state
    if moves:
        # What changes while it stands still leaves the reason why it does.
        campaign.paused_why = why if campaign.state == states.PAUSED else ""
    campaign.changed_at = now
    campaign.save(
        update_fields=[
            "name", "state", "revision", "submitted", "submitted_by", "starts_at", "ends_at", "paused_why",
            "changed_at", "latest",
        ]
    )  # fmt: skip
    if steps:
        record_history(
            shop_id=campaign.shop_id, machine=states.CAMPAIGN, subject_id=campaign.id, moves=steps, actor=actor,
            cause=cause, now=now,
        )  # fmt: skip
        publish(
            shop_id=campaign.shop_id, event=CampaignMoved(campaign.id, campaign.name, was, campaign.state, actor),
            now=now, cause=("promotions_campaign", campaign.id),
        )  # fmt: skip
    audit.record(
        shop_id=campaign.shop_id, actor=actor, action="promotions_campaign_set",
        subject=("promotions_campaign", campaign.id),
        data={"name": campaign.name, "from": was, "to": campaign.state, "cause": cause, "why": why,
              "revision": campaign.revision.number if campaign.revision else 0}, now=now,
    )  # fmt: skip
    bump(campaign.shop_id, now)


def spec_of_revision(revision: Revision) -> Spec:
    """What a revision says."""
    return read(revision.spec)


def fit_quotas(campaign: Campaign, spec: Spec, now: datetime) -> None:
    """Make or fit the shared limits that are known before anybody buys, so that no buyer makes them."""
    zone = ZoneInfo(identity.shop_by_id(campaign.shop_id).timezone)
    quotas = []
    for limit in shared_limits(spec):
        known: list[UUID | None] = [None] if limit.counts != UNITS else list(_skus(spec))
        for sku in known:
            place = limit.entity, limit.counts, key_of("", limit.counts, sku), bucket_of(limit.period, now, zone)
            quotas.append((*place, most_of(spec, limit, sku)))
    # In the order in which orders take them.
    for entity, counts, key, bucket, most in sorted(quotas):
        _FIT.row(
            {
                "shop_id": campaign.shop_id, "campaign_id": campaign.id, "entity": entity, "counts": counts,
                "key": key, "bucket": bucket, "most": most,
            }
        )  # fmt: skip


def _skus(spec: Spec) -> list[UUID]:
    named = set(spec.scope.skus)
    if isinstance(spec.effect, UnitPrice):
        named |= set(spec.effect.by_sku)
    return sorted(named)
