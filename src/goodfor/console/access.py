"""Who is looking, and at which shop: from the session, asked of identity once a request."""

from uuid import UUID

from django.http import HttpRequest

from goodfor.identity import queries as identity
from goodfor.identity.types import SignedIn, StaffView

SESSION_HOURS = 12
_SHOP = "console_shop_id"
_STAFF = "console_staff_id"
_CACHE = "_console_staff"


def remember(request: HttpRequest, signed_in: SignedIn) -> None:
    """Note in the (fresh) session whom the link let in."""
    request.session[_SHOP] = str(signed_in.shop_id)
    request.session[_STAFF] = str(signed_in.staff_id)
    request.session.set_expiry(SESSION_HOURS * 3600)


def staff_of(request: HttpRequest) -> StaffView | None:
    """The person behind the request while still active in the shop of the session; None for anybody else."""
    if not hasattr(request, _CACHE):
        setattr(request, _CACHE, _find(request))
    found: StaffView | None = getattr(request, _CACHE)
    return found


def _find(request: HttpRequest) -> StaffView | None:
    shop_id, staff_id = request.session.get(_SHOP), request.session.get(_STAFF)
    if not request.user.is_authenticated or not request.user.is_active or not shop_id or not staff_id:
        return None
    staff = identity.staff_for_user(shop_id=UUID(shop_id), user_id=int(request.user.pk))
    return staff if staff and staff.active and str(staff.id) == staff_id else None


def allowed(request: HttpRequest, permission: str) -> bool:
    """True when the person behind the request may do that; nobody and unknown permissions are refused."""
    staff = staff_of(request)
    return staff is not None and staff.may(permission)
