"""The frame around every page of the console: who, whether, how, and what the browser may do with the answer.

A page is a view `view(request, visitor, ...)` under `@console_page(permission)`. Nothing else answers below /console/
(a test walks all addresses): session, active staff, role, method and CSRF are asked first, every POST leaves a line in
the audit trail, and what comes out is never cached.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect

from goodfor.console.access import must_set_up, needs_second_factor, visitor_of
from goodfor.console.client import address_of
from goodfor.console.columns import Text
from goodfor.console.errors import NotAllowed
from goodfor.console.pages import menu_for, page_named
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Visitor, P], HttpResponse]
Framed = Callable[Concatenate[HttpRequest, P], HttpResponse]

#: For pages of one's own account, which everybody who works here has.
EVERYBODY: Final = ""
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class StepUpNeeded(Exception):
    """The act needs a fresh proof of who one is; `back` is where it goes on."""

    def __init__(self, back: str) -> None:
        self.back = back
        super().__init__("step up")


def console_page(
    permission: str, *, methods: Sequence[str] = ("GET",), unprepared: bool = False, looking: bool = False
) -> Callable[[View[P]], Framed[P]]:
    """Make `view(request, visitor, ...)` a page for those whose role grants `permission`.

    `unprepared`: also open to owners and finance staff who have yet to set up their second factor.
    `looking`: its POST changes nothing, so it leaves no line in the audit trail.
    """
    allowed = {*methods} | ({"HEAD"} if "GET" in methods else set())

    def decorate(view: View[P]) -> Framed[P]:
        @csrf_protect
        @wraps(view)
        def framed(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            visitor = visitor_of(request)
            if visitor is None:
                response = _to_the_door(request)
            elif request.method not in allowed:
                response = HttpResponseNotAllowed(sorted(allowed))
            elif not unprepared and must_set_up(visitor) and visitor.may(permission):
                response = redirect("desk:security")
            else:
                with audit.coming_from(address_of(request)):
                    if visitor.may(permission):
                        response = _answer(view, request, visitor, *args, **kwargs)
                    else:
                        response = refusal(request, visitor, NotAllowed())
                    if not looking or not visitor.may(permission):
                        _note(request, visitor, response)
            return dress(response)

        framed.console_permission = permission  # type: ignore[attr-defined]
        return framed  # type: ignore[return-value]

    return decorate


def _answer(view: View[P], request: HttpRequest, visitor: Visitor, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
    try:
        return view(request, visitor, *args, **kwargs)
    except StepUpNeeded as needed:
        return redirect(f"{reverse('desk:prove')}?{urlencode({'next': needed.back})}")
    except DomainError as error:
        return refusal(request, visitor, error)


def _to_the_door(request: HttpRequest) -> HttpResponse:
    """A guest is shown the way in; a form sent without a session is refused."""
    if request.method in ("GET", "HEAD"):
        return redirect(f"{reverse('console-signin')}?{urlencode({'next': request.get_full_path()})}")
    return HttpResponse(status=403)


def refusal(request: HttpRequest, visitor: Visitor, error: DomainError) -> HttpResponse:
    """A refusal as a page that says what is wrong and leads back."""
    context = {"title": error.title, "error": error, "back": back_of(request)}
    response = show(request, visitor, "refusal", context, status=error.http_status)
    if "retry_after" in error.data:
        response["Retry-After"] = str(error.data["retry_after"])
    return response


def show(
    request: HttpRequest,
    visitor: Visitor,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    page: str = "",
    crumbs: Sequence[tuple[Text, str]] = (),
    status: int = 200,
) -> HttpResponse:
    """Render `console/<template>.html` inside the frame.

    `page` is the name of the menu's entry that is open; `crumbs` are (words, address) between it and the title.
    """
    entry = page_named(page)
    title = (context or {}).get("title") or (entry.title if entry else "")
    frame = {
        "visitor": visitor,
        "menu": menu_for(visitor),
        "page_name": page,
        "home": reverse("desk:overview"),
        "brand": _("好码后台"),
        "crumbs": crumbs,
        "trail": [*({"label": label, "href": href} for label, href in crumbs), {"label": title, "href": ""}],
        "shops": [place for place in identity.places_of_user(visitor.staff.user_id) if place[1].active],
        "lang": "en" if translation.get_language() == "en" else "zh-Hans",
        "here": request.get_full_path() if request.method == "GET" else reverse("desk:overview"),
        "should_set_up": visitor.first_visit and needs_second_factor(visitor),
        "title": title,
    }
    return render(request, f"console/{template}.html", {**frame, **(context or {})}, status=status)


def done(request: HttpRequest, words: Text, to: str) -> HttpResponse:
    """Say that something was done, and go where its result can be seen."""
    messages.success(request, str(words))
    return redirect(to)


def local_path(wanted: str, otherwise: str) -> str:
    """An address of this console, or `otherwise`: no form leads away from here."""
    fits = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and urlsplit(wanted).path.startswith("/console/")
    return wanted if fits and "token=" not in wanted else otherwise


def back_of(request: HttpRequest) -> str:
    """The page that a form was sent from, else the overview."""
    sent = urlsplit(request.headers.get("referer", ""))
    path = f"{sent.path}?{sent.query}" if sent.query else sent.path
    same = sent.netloc == request.get_host()
    return local_path(path, reverse("desk:overview")) if same else reverse("desk:overview")


def dress(response: HttpResponse) -> HttpResponse:
    """What every answer of the console says to the browser."""
    response.headers.setdefault("Content-Security-Policy", CSP)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    # Not no-referrer: with it browsers send `Origin: null` with our own forms, and CSRF protection refuses them.
    response["Referrer-Policy"] = "same-origin"
    response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)"
    return response


def _note(request: HttpRequest, visitor: Visitor, response: HttpResponse) -> None:
    """Every POST of the staff leaves a line: who, where, how it ended; never what was typed."""
    if request.method != "POST":
        return
    audit.record(
        shop_id=visitor.staff.shop_id,
        actor=visitor.actor,
        action="console.posted",
        subject=("page", request.path[:200]),
        data={"status": response.status_code},
        now=utc_now(),
    )
