"""Let a person of the shop in once more by a link: they have lost theirs, or their way to sign in."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.errors import StaffNotFound, WorksElsewhere
from goodfor.identity.models import Staff
from goodfor.identity.operations.invite_staff import INVITE_LIFETIME
from goodfor.identity.operations.issue_signin_link import issue_signin_link
from goodfor.identity.types import NewSigninLink
from goodfor.kernel.tenancy import platform_job


def renew_invitation(*, shop_id: UUID, staff_id: UUID, actor: str, now: datetime) -> NewSigninLink:
    """A link that is shown once. Raises StaffNotFound, WorksElsewhere.

    Who also works in another shop gets none here: the link opens the whole login, and with it that other shop.
    """
    with transaction.atomic():
        staff = Staff.objects.filter(shop_id=shop_id, pk=staff_id, active=True).first()
        if staff is None:
            raise StaffNotFound
        with platform_job("where a person works"):
            elsewhere = Staff.objects.filter(user_id=staff.user_id, active=True).exclude(shop_id=shop_id).exists()
        if elsewhere:
            raise WorksElsewhere
        return issue_signin_link(shop_id=shop_id, staff_id=staff_id, lifetime=INVITE_LIFETIME, actor=actor, now=now)
