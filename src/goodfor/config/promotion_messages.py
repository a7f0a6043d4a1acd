"""A campaign that waits for a second person, or stopped by itself: wiring, as in `messages.py`."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from goodfor.config.telling import shop_locale, tell_staff
from goodfor.identity import queries as identity
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.promotions.events import CampaignPaused, CampaignSubmitted

SCENE: Final = "campaign_stopped"
#: Where one acts on it, as stored messages link to it.
CAMPAIGN: Final = "/console/promotions/campaigns/{}/"


def listen() -> None:
    """Called once by the wiring."""
    events.register(
        CampaignPaused, on_campaign_paused, name="promotion_messages.on_campaign_paused", concern=concern
    )  # fmt: skip
    events.register(
        CampaignSubmitted, on_campaign_submitted, name="promotion_messages.on_campaign_submitted", concern=concern
    )  # fmt: skip


def concern(event: StoredEvent) -> bool:
    """A shop without channels tells nobody."""
    return notify.speaks(event.shop_id)


def on_campaign_paused(event: StoredEvent) -> None:
    """Whoever runs it decides whether it gets more money, another price, or its end."""
    told = event.payload
    with override(shop_locale(event.shop_id)):
        why = {
            "budget": _("优惠预算已用完"),
            "loss": _("亏损预算已用完"),
            "floor": _("近一天的优惠有一半以上被底价截断，成本可能变了"),
        }[told["why"]]
    campaign = {"name": told["title"], "why": why, "url": CAMPAIGN.format(told["campaign_id"])}
    subject = f"campaign:{told['campaign_id']}:{event.occurred_at:%Y%m%d%H%M}"
    tell_staff(event, SCENE, subject, {"campaign": campaign})


def on_campaign_submitted(event: StoredEvent) -> None:
    """Until a colleague approves it, it does not count."""
    told = event.payload
    person = identity.staff_by_actor(event.shop_id, told["by"])
    campaign = {
        "name": told["title"],
        "who": person.username if person else "",
        "url": CAMPAIGN.format(told["campaign_id"]),
    }
    subject = f"campaign:{told['campaign_id']}:submitted:{event.id}"
    tell_staff(event, "campaign_submitted", subject, {"campaign": campaign})
