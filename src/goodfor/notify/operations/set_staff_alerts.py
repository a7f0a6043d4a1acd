"""Say what somebody of the staff is told, by which channel, and where."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.notify.addresses import masked, normal
from goodfor.notify.errors import AddressInvalid, SceneUnknown
from goodfor.notify.mapping import staff_address_aad
from goodfor.notify.models import StaffAddress, StaffAlert
from goodfor.notify.scenes import SCENES, STAFF
from goodfor.notify.staff import PERSONAL, staff_route, staff_scenes


def set_staff_alerts(
    *,
    shop_id: UUID,
    staff_id: UUID,
    wanted: Collection[tuple[str, str]],
    addresses: Mapping[str, str | None],
    actor: str,
    now: datetime,
) -> None:
    """`wanted`: every (scene, channel) that is on; the rest is off. `addresses`: channel to a new address, "" for none
    of one's own; None, or left out, keeps what is there. Raises StaffNotFound, SceneUnknown, AddressInvalid.
    """
    route = staff_route(shop_id, staff_id)
    offered = {
        (scene, channel) for scene in staff_scenes() for channel in PERSONAL if channel in SCENES[scene].channels(STAFF)
    }
    if not set(wanted) <= offered:
        raise SceneUnknown
    given = {channel: text for channel, text in addresses.items() if text is not None and channel in PERSONAL}
    known = {channel: normal(channel, text) if text.strip() else "" for channel, text in given.items()}
    for channel, address in known.items():
        if address is None:
            raise AddressInvalid(field=channel)
    with transaction.atomic(savepoint=False):
        StaffAlert.objects.filter(shop_id=shop_id, staff_id=staff_id).delete()
        StaffAlert.objects.bulk_create(
            StaffAlert(
                shop_id=shop_id, staff_id=staff_id, scene=scene, channel=channel, enabled=(scene, channel) in wanted
            )
            for scene, channel in sorted(offered)
            if ((scene, channel) in wanted) != ((scene, channel) in route.default)
        )
        for channel, address in known.items():
            _keep(shop_id, staff_id, channel, address or "")
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="notify.staff_alerts_set",
            subject=("staff", staff_id),
            data={"on": sorted(f"{scene}:{channel}" for scene, channel in wanted), "addresses": sorted(known)},
            now=now,
        )


def _keep(shop_id: UUID, staff_id: UUID, channel: str, address: str) -> None:
    StaffAddress.objects.filter(shop_id=shop_id, staff_id=staff_id, channel=channel).delete()
    if not address:
        return
    row_id = uuid7()
    sealed = keyring().seal(address.encode(), staff_address_aad(shop_id, row_id))
    StaffAddress.objects.create(
        id=row_id,
        shop_id=shop_id,
        staff_id=staff_id,
        channel=channel,
        key_id=sealed.key_id,
        blob=sealed.blob,
        hint=masked(channel, address),
    )
