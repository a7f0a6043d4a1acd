"""One's own account: shop, way out, password, second factors, sessions, and proving who one is again."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth import logout as end_django_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console import queries
from goodfor.console.access import SESSION_HOURS, came_by_fresh_link, is_fresh, note_proof, switch_shop
from goodfor.console.errors import NotAllowed, WrongCode
from goodfor.console.frame import EVERYBODY, StepUpNeeded, console_page, done, local_path, show
from goodfor.console.operations.end_sessions import end_sessions
from goodfor.console.operations.factors import add_totp, new_recovery_codes, remove_factor
from goodfor.console.operations.set_password import set_password
from goodfor.console.types import SECOND_FACTOR_ROLES, Visitor
from goodfor.console.views.door import check_code, check_password
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError

_SETTING_UP: Final = "console_totp"
_CODES: Final = "console_new_codes"
HOME: Final = "desk:security"


@console_page(EVERYBODY, methods=("POST",), unprepared=True)
def switch(request: HttpRequest, visitor: Visitor) -> HttpResponse:  # noqa: ARG001
    """Look at another of one's shops."""
    try:
        moved = switch_shop(request, UUID(request.POST.get("shop", "")))
    except ValueError:
        moved = False
    if not moved:
        raise NotAllowed
    return redirect("desk:overview")


@console_page(EVERYBODY, methods=("POST",), unprepared=True)
def signout(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Out: here, or with `everywhere` on all devices."""
    only = None if "everywhere" in request.POST else visitor.session_id
    end_sessions(user_id=visitor.staff.user_id, only=only, now=utc_now())
    end_django_session(request)
    return redirect("console-signin")


def require_own_proof(request: HttpRequest, visitor: Visitor) -> None:
    """Changing one's factors needs a fresh proof; who has nothing yet, or has just come by a link, may go on.

    Raises StepUpNeeded.
    """
    now = utc_now()
    factors = queries.factors_of(visitor.staff.user_id)
    if factors.any and not is_fresh(request, now) and not came_by_fresh_link(visitor, now):
        raise StepUpNeeded(reverse(HOME))


@console_page(EVERYBODY, unprepared=True)
def security(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Password, second factors, recovery codes."""
    return _security(request, visitor)


def _security(
    request: HttpRequest, visitor: Visitor, *, error: DomainError | None = None, secret: str = "", codes: Any = ()
) -> HttpResponse:
    context = {
        "title": _("登录与安全"),
        "factors": queries.factors_of(visitor.staff.user_id),
        "totp_id": queries.totp_id(visitor.staff.user_id),
        "required": visitor.staff.role in SECOND_FACTOR_ROLES,
        "error": error,
        "new_codes": request.session.pop(_CODES, None) or codes,
        "secret": secret,
        "secret_url": get_adapter().build_totp_url(request.user, secret) if secret else "",
    }
    return show(request, visitor, "security", context, status=error.http_status if error else 200)


@sensitive_post_parameters("password")
@console_page(EVERYBODY, methods=("POST",), unprepared=True)
def password(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Choose a password; this session goes on, all others end."""
    require_own_proof(request, visitor)
    now, user_id = utc_now(), visitor.staff.user_id
    try:
        set_password(
            shop_id=visitor.shop.id, user_id=user_id, password=request.POST.get("password", ""),
            actor=visitor.actor, now=now,
        )  # fmt: skip
    except DomainError as error:
        return _security(request, visitor, error=error)
    end_sessions(user_id=user_id, keep=visitor.session_id, now=now)
    update_session_auth_hash(request, User.objects.get(pk=user_id))
    note_proof(request, now)
    return done(request, _("密码已设置，其他设备已退出"), HOME)


@sensitive_post_parameters("code")
@console_page(EVERYBODY, methods=("POST",), unprepared=True)
def app(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Set up an authenticator app: show a secret, then take the code that the app makes of it."""
    require_own_proof(request, visitor)
    adapter, now = get_adapter(), utc_now()
    sealed = request.session.get(_SETTING_UP)
    if "code" not in request.POST or not sealed:
        secret = generate_totp_secret()
        request.session[_SETTING_UP] = adapter.encrypt(secret)
        return _security(request, visitor, secret=secret)
    secret = adapter.decrypt(sealed)
    try:
        codes = add_totp(
            shop_id=visitor.shop.id, user_id=visitor.staff.user_id, secret=secret,
            code="".join(request.POST["code"].split()), actor=visitor.actor, now=now,
        )  # fmt: skip
    except WrongCode as error:
        return _security(request, visitor, error=error, secret=secret)
    del request.session[_SETTING_UP]
    return secured(request, visitor, codes)


def secured(request: HttpRequest, visitor: Visitor, codes: list[str]) -> HttpResponse:
    """A second factor was added: the session gets a new key; recovery codes are shown this once."""
    request.session.cycle_key()
    note_proof(request, utc_now())
    return _security(request, visitor, codes=codes)


@console_page(EVERYBODY, methods=("POST",), unprepared=True)
def codes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make fresh recovery codes; shown this once."""
    require_own_proof(request, visitor)
    if not queries.factors_of(visitor.staff.user_id).second:
        raise NotAllowed
    fresh = new_recovery_codes(
        shop_id=visitor.shop.id, user_id=visitor.staff.user_id, actor=visitor.actor, now=utc_now()
    )
    return _security(request, visitor, codes=fresh)


@console_page(EVERYBODY, methods=("POST",), unprepared=True)
def remove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Forget an app or a passkey."""
    require_own_proof(request, visitor)
    text = request.POST.get("id", "")
    try:
        remove_factor(
            shop_id=visitor.shop.id,
            user_id=visitor.staff.user_id,
            authenticator_id=int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0,
            # A fresh link mends lost factors: the next visit asks for a new one.
            must_keep=visitor.staff.role in SECOND_FACTOR_ROLES and not came_by_fresh_link(visitor, utc_now()),
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _security(request, visitor, error=error)
    return done(request, _("已移除"), HOME)


@console_page(EVERYBODY, methods=("GET", "POST"), unprepared=True)
def sessions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Where one is signed in; end one of them, or all others."""
    now, user_id = utc_now(), visitor.staff.user_id
    if request.method == "POST":
        try:
            only = UUID(request.POST["session"]) if "session" in request.POST else None
        except ValueError:
            raise NotAllowed from None
        count = end_sessions(user_id=user_id, only=only, keep=visitor.session_id, now=now)
        return done(request, _("已退出 %(n)d 台设备") % {"n": count}, "desk:sessions")
    found = queries.open_sessions(user_id, now - timedelta(hours=SESSION_HOURS))
    return show(request, visitor, "sessions", {"title": _("登录设备"), "sessions": found})


@sensitive_post_parameters("password", "code")
@console_page(EVERYBODY, methods=("GET", "POST"), unprepared=True)
def prove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Prove who one is, and go back to the act: it then counts for ten minutes."""
    onward = local_path(request.POST.get("next") or request.GET.get("next", ""), reverse("desk:overview"))
    factors = queries.factors_of(visitor.staff.user_id)
    context = {"title": _("确认是你本人"), "factors": factors, "next": onward}
    if request.method != "POST":
        return show(request, visitor, "prove", context)
    now = utc_now()
    try:
        if factors.second:
            # Who has a second factor proves that one: a password alone would be the weaker door.
            check_code(request, visitor.staff.user_id, request.POST.get("code", ""), now)
        elif check_password(request, visitor.staff.username, request.POST.get("password", ""), now) == 0:
            raise NotAllowed
    except DomainError as error:
        return show(request, visitor, "prove", {**context, "error": error}, status=error.http_status)
    proved(request, visitor)
    return redirect(onward)


def proved(request: HttpRequest, visitor: Visitor) -> None:
    """Note the proof, renew the session's key, and leave a line in the audit trail."""
    now = utc_now()
    request.session.cycle_key()
    note_proof(request, now)
    audit.record(
        shop_id=visitor.shop.id, actor=visitor.actor, action="console.proved", subject=("staff", visitor.staff.id),
        data={}, now=now,
    )  # fmt: skip
