"""Change what a person may do in a shop, or let them go."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import InvalidIdentity, LastOwner, StaffNotFound
from goodfor.identity.locks import lock_active_owners
from goodfor.identity.models import Staff
from goodfor.identity.queries import staff_view
from goodfor.identity.types import Role, StaffView
from goodfor.kernel import audit


def change_role(
    *, shop_id: UUID, staff_id: UUID, role: str, active: bool = True, actor: str, now: datetime
) -> StaffView:
    """Set role and activity. Raises StaffNotFound, InvalidIdentity, LastOwner (a shop keeps an active owner)."""
    if role not in set(Role):
        raise InvalidIdentity(_("不认识的角色"), field="role")
    with transaction.atomic():
        owners = lock_active_owners(shop_id)
        staff = Staff.objects.select_related("user").filter(shop_id=shop_id, pk=staff_id).first()
        if staff is None:
            raise StaffNotFound
        if owners == [staff_id] and not (role == Role.OWNER and active):
            raise LastOwner
        before = {"role": staff.role, "active": staff.active}
        Staff.objects.filter(shop_id=shop_id, pk=staff_id).update(role=str(role), active=active)
        staff.role, staff.active = str(role), active
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="identity.role_changed",
            subject=("staff", staff_id),
            data={"before": before, "after": {"role": str(role), "active": active}},
            now=now,
        )
    return staff_view(staff)
