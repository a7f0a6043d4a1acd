"""Who is looking, and at which shop: from the session, asked of identity once a request."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest

from goodfor.console import queries
from goodfor.console.client import address_of, agent_of
from goodfor.console.operations.begin_session import begin_session
from goodfor.console.operations.touch_session import touch_session
from goodfor.console.types import SECOND_FACTOR_ROLES, Visitor
from goodfor.identity import queries as identity
from goodfor.identity.errors import ShopNotFound
from goodfor.identity.types import StaffView
from goodfor.kernel.clock import utc_now

SESSION_HOURS = 12
#: How long a proof of who one is counts for dangerous acts.
FRESH = timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"
_SHOP = "console_shop_id"
_SESSION = "console_session_id"
_PROVED = "console_proved_at"
_CACHE = "_console_visitor"


def come_in(request: HttpRequest, *, user_id: int, shop_id: UUID, method: str, proved: bool, now: datetime) -> None:
    """Begin a session of the person: nothing of a session that somebody else may have begun in this browser goes on.

    `proved`: the way in counts as a fresh proof of who one is (a password or passkey does, a link does not).
    """
    user = User.objects.get(pk=user_id)
    request.session.flush()
    login(request, user, backend=BACKEND)
    session_id = begin_session(
        user_id=user_id, method=method, address=address_of(request), agent=agent_of(request), now=now
    )
    request.session[_SESSION] = str(session_id)
    request.session[_SHOP] = str(shop_id)
    request.session.set_expiry(SESSION_HOURS * 3600)
    if proved:
        note_proof(request, now)


def switch_shop(request: HttpRequest, shop_id: UUID) -> bool:
    """Look at another shop of one's own from now on; False, and nothing changes, for any other shop."""
    staff = identity.staff_for_user(shop_id=shop_id, user_id=int(request.user.pk or 0))
    if staff is None or not staff.active:
        return False
    request.session[_SHOP] = str(shop_id)
    request.session.cycle_key()
    if hasattr(request, _CACHE):
        delattr(request, _CACHE)
    return True


def note_proof(request: HttpRequest, now: datetime) -> None:
    """The person has just proved who they are."""
    request.session[_PROVED] = now.timestamp()


def is_fresh(request: HttpRequest, now: datetime) -> bool:
    """True while the last proof is not older than FRESH."""
    return proved_within(request, now, FRESH)


def proved_within(request: HttpRequest, now: datetime, span: timedelta) -> bool:
    """True while the last proof is not older than that."""
    proved = request.session.get(_PROVED)
    return isinstance(proved, int | float) and 0 <= now.timestamp() - proved <= span.total_seconds()


def came_by_fresh_link(visitor: Visitor, now: datetime) -> bool:
    """True in the first minutes after a one-time link: it lets one mend lost factors, and nothing else."""
    return visitor.method == "link" and now - visitor.signed_in_at <= FRESH


def visitor_of(request: HttpRequest) -> Visitor | None:
    """The person behind the request while still active in the shop of the session; None for anybody else."""
    if not hasattr(request, _CACHE):
        setattr(request, _CACHE, _find(request))
    found: Visitor | None = getattr(request, _CACHE)
    return found


def _find(request: HttpRequest) -> Visitor | None:
    shop_id, session_id = request.session.get(_SHOP), request.session.get(_SESSION)
    if not request.user.is_authenticated or not request.user.is_active or not shop_id or not session_id:
        return None
    user_id = int(request.user.pk)
    staff = identity.staff_for_user(shop_id=UUID(shop_id), user_id=user_id)
    session = queries.open_session(user_id, UUID(session_id))
    if staff is None or not staff.active or session is None:
        return None
    try:
        shop = identity.shop_by_id(staff.shop_id)
    except ShopNotFound:
        return None
    touch_session(session_id=session.id, now=utc_now())
    first = not queries.came_before(user_id, session.created_at)
    return Visitor(staff, shop, session.id, session.method, session.created_at, first)


def staff_of(request: HttpRequest) -> StaffView | None:
    """The same person as identity knows them."""
    visitor = visitor_of(request)
    return visitor.staff if visitor else None


def allowed(request: HttpRequest, permission: str) -> bool:
    """True when the person behind the request may do that; nobody and unknown permissions are refused."""
    staff = staff_of(request)
    return staff is not None and staff.may(permission)


def must_set_up(visitor: Visitor) -> bool:
    """True for owners and finance staff without a second factor, from their second visit on."""
    return not visitor.first_visit and needs_second_factor(visitor)


def needs_second_factor(visitor: Visitor) -> bool:
    """True for owners and finance staff without a second factor."""
    return visitor.staff.role in SECOND_FACTOR_ROLES and not queries.factors_of(visitor.staff.user_id).second
