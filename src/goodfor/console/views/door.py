"""The pages before one is inside: one-time links, password, second factor. Plain, without anybody's data."""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from goodfor.console import queries
from goodfor.console.access import come_in
from goodfor.console.client import address_of
from goodfor.console.devices import keep_device
from goodfor.console.entering import Entry, MoreAsked, came_in, judge_entry, kept_in, page_of
from goodfor.console.errors import ProofFailed, TooManyGuesses, WrongCode, WrongPassword
from goodfor.console.frame import dress, local_path
from goodfor.console.known import Door, doors, remember
from goodfor.console.operations.count_try import count_try
from goodfor.console.operations.factors import use_recovery_code, use_totp
from goodfor.console.operations.forgive_try import forgive_try
from goodfor.identity import queries as identity
from goodfor.identity.errors import InvalidSigninLink
from goodfor.identity.operations.use_signin_link import use_signin_link
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk.doors.uniform import in_steady_time

YEAR: Final = 365 * 24 * 3600
#: Whose password was right and who still owes the second factor.
PENDING: Final = "console_pending"
PENDING_SECONDS: Final = 600
NEXT: Final = "console_next"
#: Longer texts are no password of anybody's.
_LONGEST: Final = 1000


def page(request: HttpRequest, which: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """A page of the door, never cached, and its address (it may hold a token) told to nobody."""
    answer = render(request, "console/door.html", {"which": which, **(context or {})}, status=status)
    keep_device(answer, request)
    return dress(answer)


@sensitive_post_parameters("token", "password")
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """GET with a token shows a button, so that programs which look into links use nothing up; POST uses it.

    Without a token: user name and password, or a passkey.
    """
    if request.method != "POST":
        token = request.GET.get("token", "")
        return page(
            request, "open" if token else "signin", {"token": token, "next": _next(request.GET.get("next", ""))}
        )
    with audit.coming_from(address_of(request)):
        if "token" in request.POST:
            return _by_link(request)
        if "kept" in request.POST:
            return _going_on(request)
        sent = request.POST
        return _by_password(request, sent.get("username", ""), sent.get("password", ""), sent.get("next", ""), paid=0)


def _by_link(request: HttpRequest) -> HttpResponse:
    now = utc_now()
    try:
        signed_in = use_signin_link(token=request.POST.get("token", ""), now=now)
        entry = judge_entry(request, now, user_id=signed_in.user_id)
    except InvalidSigninLink:
        return page(request, "used", status=403)
    except DomainError as error:
        return refused(request, "signin", error, {})
    come_in(request, user_id=signed_in.user_id, shop_id=signed_in.shop_id, method="link", proved=False, now=now)
    came_in(request, entry, now, good=True)
    return remember(dress(redirect("desk:overview")), request)


def _going_on(request: HttpRequest) -> HttpResponse:
    """What was stopped at the door comes back with what was asked for."""
    found = kept_in(request, utc_now())
    if found is None:
        return refused(request, "signin", ProofFailed(), {})
    kept, paid = found
    return _by_password(request, kept.username, kept.password, kept.onward, paid=paid)


def _by_password(request: HttpRequest, username: str, password: str, onward: str, *, paid: int) -> HttpResponse:
    now, name, onward = utc_now(), username.strip()[:150], _next(onward)
    try:
        with in_steady_time():
            user_id, entry = _checked(request, name, password, now, paid)
    except MoreAsked as asked:
        return page(
            request, "challenge",
            page_of(request, asked, username=name, password=password[:_LONGEST], onward=onward, now=now), status=403,
        )  # fmt: skip
    except DomainError as error:
        return refused(request, "signin", error, {"username": name, "next": onward})
    if queries.factors_of(user_id).second:
        request.session.flush()
        waits = entry.as_dict() if entry else None
        request.session[PENDING] = {"user": user_id, "at": now.timestamp(), "entry": waits}
        request.session[NEXT] = onward
        return dress(redirect("console-second"))
    return enter(request, user_id, "password", onward, now, entry)


def _checked(
    request: HttpRequest, name: str, password: str, now: datetime, paid: int
) -> tuple[int, Entry | None]:  # fmt: skip
    """Whose password it is: counted first, then judged, then looked at. What is stopped was no guess, and is given
    back. Raises TooManyGuesses, Refused, MoreAsked, WrongPassword.
    """
    counted = _counted(request, name, now)
    try:
        entry = judge_entry(request, now, name=name, paid=paid)
    except (DomainError, MoreAsked):
        for door in counted:
            forgive_try(scope=door.scope, subject=door.subject, everything=False)
        raise
    try:
        user_id = _looked_at(request, name, password, counted)
        if not any(staff.active for _shop, staff in identity.places_of_user(user_id)):
            raise WrongPassword
    except WrongPassword:
        came_in(request, entry, now, good=False)
        raise
    return user_id, entry


def check_password(request: HttpRequest, name: str, password: str, now: datetime) -> int:
    """Whose password it is; the guess is counted first. Raises TooManyGuesses, WrongPassword."""
    return _looked_at(request, name, password, _counted(request, name, now))


def _counted(request: HttpRequest, name: str, now: datetime) -> list[Door]:
    account = name.casefold()
    counted = doors(request, "account", account, name=account)
    _count(counted, now)
    return counted


def _looked_at(request: HttpRequest, name: str, password: str, counted: list[Door]) -> int:
    user = authenticate(request, username=name, password=password)
    if user is None:
        raise WrongPassword
    _forgive(counted)
    return int(user.pk)


def _count(counted: list[Door], now: datetime) -> None:
    for door in counted:
        count_try(scope=door.scope, subject=door.subject, now=now)


def _forgive(counted: list[Door]) -> None:
    for door in counted:
        forgive_try(scope=door.scope, subject=door.subject, everything=door.everything)


def check_code(request: HttpRequest, user_id: int, code: str, now: datetime) -> None:
    """An app's code, or a recovery code; the guess is counted first. Raises TooManyGuesses, WrongCode."""
    counted = doors(request, "code", f"user:{user_id}", user_id=user_id)
    _count(counted, now)
    bare = "".join(code.split())
    if len(bare) == 8:
        use_recovery_code(user_id=user_id, code=bare)
    else:
        use_totp(user_id=user_id, code=bare)
    _forgive(counted)


@sensitive_post_parameters("code")
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second factor, after a right password."""
    now = utc_now()
    user_id = pending_user(request, now)
    if user_id is None:
        return dress(redirect("console-signin"))
    context = {"factors": queries.factors_of(user_id)}
    if request.method != "POST":
        return page(request, "second", context)
    try:
        check_code(request, user_id, request.POST.get("code", ""), now)
    except (WrongCode, TooManyGuesses) as error:
        if isinstance(error, WrongCode) and (waits := entry_of(request)):
            # Of the decision itself it is only known at the end.
            came_in(request, {**waits, "decision": ""}, now, good=False)
        return refused(request, "second", error, context)
    return enter(request, user_id, "password", request.session.get(NEXT, ""), now, entry_of(request))


def entry_of(request: HttpRequest) -> dict[str, str] | None:
    """How whoever still owes the second factor was judged."""
    pending = request.session.get(PENDING)
    found = pending.get("entry") if isinstance(pending, dict) else None
    return found if isinstance(found, dict) else None


def pending_user(request: HttpRequest, now: datetime) -> int | None:
    """Whose password was given in this browser a moment ago."""
    pending = request.session.get(PENDING)
    if not isinstance(pending, dict) or now.timestamp() - pending["at"] > PENDING_SECONDS:
        return None
    return int(pending["user"])


def enter(
    request: HttpRequest, user_id: int, method: str, onward: str, now: datetime,
    entry: Entry | dict[str, str] | None,
) -> HttpResponse:  # fmt: skip
    """All that was asked for was given: a fresh session, in the first shop where the person works."""
    places = [(shop, staff) for shop, staff in identity.places_of_user(user_id) if staff.active]
    if not places:
        return refused(request, "signin", WrongPassword(), {})
    shop, staff = places[0]
    come_in(request, user_id=user_id, shop_id=shop.id, method=method, proved=True, now=now)
    audit.record(
        shop_id=shop.id,
        actor=staff.actor,
        action=f"console.signed_in_by_{method}",
        subject=("staff", staff.id),
        data={},
        now=now,
    )
    came_in(request, entry, now, good=True)
    return remember(dress(redirect(_next(onward))), request)


def refused(request: HttpRequest, which: str, error: DomainError, context: dict[str, Any]) -> HttpResponse:
    """The same page again with the refusal on it."""
    answer = page(request, which, {**context, "error": error}, status=error.http_status)
    if "retry_after" in error.data:
        answer["Retry-After"] = str(error.data["retry_after"])
    return answer


def _next(wanted: str) -> str:
    return local_path(wanted, reverse("desk:overview"))


@csrf_protect
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose a language and go back to where one was in the console."""
    answer = dress(redirect(_next(request.POST.get("next", ""))))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return answer
