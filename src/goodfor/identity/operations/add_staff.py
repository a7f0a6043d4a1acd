"""Take a person on in a shop."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import InvalidIdentity, StaffExists
from goodfor.identity.models import Staff
from goodfor.identity.queries import staff_view
from goodfor.identity.types import Role, StaffView
from goodfor.kernel import audit


def add_staff(*, shop_id: UUID, user_id: int, role: str, actor: str, now: datetime) -> StaffView:
    """Give a login (see create_user) a role in the shop. Raises InvalidIdentity, StaffExists."""
    if role not in set(Role):
        raise InvalidIdentity(_("不认识的角色"), field="role")
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise InvalidIdentity(_("找不到该用户"), field="user_id")
    try:
        with transaction.atomic():
            staff = Staff.objects.create(shop_id=shop_id, user=user, role=str(role), created_at=now)
            if not user.is_staff:
                # Django's own flag for "may enter the console"; what they may do there is their role.
                User.objects.filter(pk=user_id).update(is_staff=True)
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="identity.staff_added",
                subject=("staff", staff.id),
                data={"user_id": user_id, "role": str(role)},
                now=now,
            )
    except IntegrityError as error:
        raise StaffExists from error
    return staff_view(staff)
