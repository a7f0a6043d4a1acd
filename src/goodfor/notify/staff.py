"""Which of the staff hear of what: by their role, unless they were set otherwise. Reads."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.contrib.auth import get_user_model

from goodfor.identity import queries as identity
from goodfor.identity.types import StaffView
from goodfor.kernel.crypto import DecryptFailed, Sealed, keyring
from goodfor.notify.addresses import EMAIL, SMS, masked
from goodfor.notify.errors import StaffNotFound
from goodfor.notify.mapping import staff_address_aad
from goodfor.notify.models import StaffAddress, StaffAlert
from goodfor.notify.scenes import SCENES, STAFF
from goodfor.notify.types import Recipient, StaffRoute

#: Channels by which a person is reached, rather than a group.
PERSONAL: Final = (EMAIL, SMS)


def staff_scenes() -> list[str]:
    """Scenes that are for the staff and somebody's work."""
    return [name for name, scene in SCENES.items() if STAFF in scene.audiences and scene.roles]


def default_of(role: str) -> frozenset[tuple[str, str]]:
    """What a role gets unless it is set otherwise: by mail, what is its work."""
    return frozenset((name, EMAIL) for name in staff_scenes() if role in SCENES[name].roles)


def staff_routes(shop_id: UUID) -> list[StaffRoute]:
    """Everybody who works in the shop, with what they are told and where."""
    members = [member for member in identity.staff_of_shop(shop_id) if member.active]
    hints: dict[UUID, dict[str, str]] = {}
    for user_id, email in _mailboxes(members).items():
        for member in members:
            if member.user_id == user_id:
                hints.setdefault(member.id, {})[EMAIL] = masked(EMAIL, email)
    for row in StaffAddress.objects.filter(shop_id=shop_id):
        hints.setdefault(row.staff_id, {})[row.channel] = row.hint
    changed = _changed(shop_id)
    return [
        StaffRoute(
            staff_id=member.id,
            username=member.username,
            role=member.role,
            on=_on(member, changed.get(member.id, {})),
            default=default_of(member.role),
            hints=hints.get(member.id, {}),
        )
        for member in members
    ]


def staff_route(shop_id: UUID, staff_id: UUID) -> StaffRoute:
    """One of them. Raises StaffNotFound."""
    found = next((route for route in staff_routes(shop_id) if route.staff_id == staff_id), None)
    if found is None:
        raise StaffNotFound
    return found


def staff_recipients(shop_id: UUID, scene: str) -> list[Recipient]:
    """Whom of the staff a scene is told, by which channel; a shop's group robots need no recipient."""
    members = [member for member in identity.staff_of_shop(shop_id) if member.active]
    changed, mailboxes = _changed(shop_id), _mailboxes(members)
    own = {(row.staff_id, row.channel): row for row in StaffAddress.objects.filter(shop_id=shop_id)}
    found = []
    for member in sorted(members, key=lambda one: one.user_id):
        on = _on(member, changed.get(member.id, {}))
        for channel in PERSONAL:
            if (scene, channel) not in on:
                continue
            row = own.get((member.id, channel))
            address = _opened(row) if row else mailboxes.get(member.user_id, "") if channel == EMAIL else ""
            if address:
                found.append(Recipient(channel, address))
    return found


def mailboxes_of(shop_id: UUID, staff_ids: Collection[UUID]) -> list[Recipient]:
    """Where mail that names its people goes, whatever else they are told: to those of them who still work here."""
    members = [one for one in identity.staff_of_shop(shop_id) if one.active and one.id in staff_ids]
    logins = _mailboxes(members)
    own = {row.staff_id: row for row in StaffAddress.objects.filter(shop_id=shop_id, channel=EMAIL)}
    found = [_opened(own[one.id]) if one.id in own else logins.get(one.user_id, "") for one in members]
    return [Recipient(EMAIL, address) for address in found if address]


def _on(member: StaffView, changed: dict[tuple[str, str], bool]) -> frozenset[tuple[str, str]]:
    default = default_of(member.role)
    kept = {pair for pair in default if changed.get(pair, True)}
    return frozenset(kept | {pair for pair, enabled in changed.items() if enabled})


def _changed(shop_id: UUID) -> dict[UUID, dict[tuple[str, str], bool]]:
    changed: dict[UUID, dict[tuple[str, str], bool]] = {}
    for row in StaffAlert.objects.filter(shop_id=shop_id):
        changed.setdefault(row.staff_id, {})[(row.scene, row.channel)] = row.enabled
    return changed


def _mailboxes(members: list[StaffView]) -> dict[int, str]:
    users = get_user_model().objects.filter(pk__in=[one.user_id for one in members], is_active=True).exclude(email="")
    return dict(users.values_list("pk", "email"))


def _opened(row: StaffAddress) -> str:
    sealed = Sealed(row.key_id, bytes(row.blob))
    try:
        return keyring().open(sealed, staff_address_aad(row.shop_id, row.id)).decode()
    except DecryptFailed:
        return ""
