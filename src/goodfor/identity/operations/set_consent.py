"""A buyer's word on who may write, by which channel, for what."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from goodfor.identity.buyer_models import CHANNELS, PURPOSES, BuyerConsent
from goodfor.identity.buyer_reads import consents_of
from goodfor.identity.errors import InvalidProfile
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock

#: Which words stood beside the switches. Raise it whenever the page's text about consent changes.
TEXT_VERSION = "2026-11b"


def set_consent(*, buyer: SignedInBuyer, wanted: Mapping[tuple[str, str], bool], source: str, now: datetime) -> int:
    """Write down what changed, per (channel, purpose), with its source and the version of the text; how many rows.

    What did not change is not written again. Raises InvalidProfile for an unknown channel or purpose.
    """
    if any(channel not in CHANNELS or purpose not in PURPOSES for channel, purpose in wanted):
        raise InvalidProfile(field="channel")
    with transaction.atomic():
        advisory_xact_lock(("buyer", buyer.shop_id, buyer.ref))
        held = {(c.channel, c.purpose): c.granted for c in consents_of(buyer.shop_id, buyer.buyer_id)}
        changed = {key: granted for key, granted in wanted.items() if held[key] != granted}
        for (channel, purpose), granted in sorted(changed.items()):
            BuyerConsent.objects.create(
                shop_id=buyer.shop_id,
                buyer_id=buyer.buyer_id,
                channel=channel,
                purpose=purpose,
                granted=granted,
                source=source[:40],
                text_version=TEXT_VERSION,
                at=now,
            )
        if changed:
            audit.record(
                shop_id=buyer.shop_id,
                actor=f"buyer:{buyer.buyer_id}",
                action="identity.buyer_consent_changed",
                subject=("buyer", buyer.buyer_id),
                data={f"{c}/{p}": granted for (c, p), granted in sorted(changed.items())},
                now=now,
            )
    return len(changed)
