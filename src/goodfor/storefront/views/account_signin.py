"""Sign in and up in one flow: a contact, then a code (or a password); and sign out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.errors import InvalidCode, InvalidPassword, NotJoinedYet
from goodfor.identity.operations.end_session import end_session
from goodfor.identity.operations.sign_in_by_code import sign_in_by_code
from goodfor.identity.operations.sign_in_by_password import sign_in_by_password
from goodfor.identity.types import NewSession, ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk.doors import stuffing
from goodfor.risk.doors.uniform import in_steady_time
from goodfor.risk.types import KeyKind, Scene
from goodfor.storefront import kept
from goodfor.storefront.account import (
    Waiting,
    current,
    let_in,
    let_out,
    safe_next,
    session_token,
    visitor,
    wait_for,
    waited_for,
)
from goodfor.storefront.account_forms import CodeForm, ContactForm, PasswordForm
from goodfor.storefront.client import client_ip
from goodfor.storefront.codes import note_guess, owner_of, sent_code
from goodfor.storefront.devices import device_id
from goodfor.storefront.doors import go_in, refuse_if_shut
from goodfor.storefront.judging import act_of, judge, noted
from goodfor.storefront.page import page, show
from goodfor.storefront.views.account_parts import advice, offered, with_retry

SIGNIN = "signin"


@page("GET", "POST", private=True)
def signin(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Ask for a contact; on POST send it a code, or go on to the password."""
    asked = request.POST if request.method == "POST" else request.GET
    after = safe_next(asked.get("next", ""))
    if request.method != "POST":
        if current(request, shop) is not None:
            return redirect(after or "storefront:me")
        return _signin_page(request, shop, ContactForm(), after)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _signin_page(request, shop, form, after, status=422)
    contact = form.cleaned_data["contact"]
    if request.POST.get("way") == "password":
        return _password_page(request, PasswordForm(initial={"contact": contact}), after)
    try:
        return send_and_wait(request, shop, contact, after, reverse("storefront:signin_code"))
    except DomainError as error:
        return _signin_page(request, shop, form, after, error=error, status=error.http_status)


def send_and_wait(request: HttpRequest, shop: ShopView, contact: str, after: str, page_of_code: str) -> HttpResponse:
    """Send a code for signing in and go on to the page for it.

    Raises InvalidContact, TooManyCodes, Unavailable, Refused.
    """
    issued = sent_code(request, shop, contact, SIGNIN)
    if isinstance(issued, HttpResponse):
        return issued
    response = redirect(page_of_code)
    return wait_for(response, request, shop, Waiting(issued.code_id, SIGNIN, contact, after))


@page("GET", "POST", private=True)
def signin_code(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Take the code; the browser is let in with new tokens."""
    waiting = waited_for(request, shop, SIGNIN)
    if waiting is None:
        return redirect("storefront:signin")
    if request.method != "POST":
        return _code_page(request, waiting, CodeForm())
    if request.POST.get("way") == "again":
        try:
            return send_and_wait(request, shop, waiting.contact, waiting.next, reverse("storefront:signin_code"))
        except DomainError as error:
            return _code_page(request, waiting, CodeForm(), error=error, status=error.http_status)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, waiting, form, status=422)
    try:
        return _by_code(request, shop, waiting, form.cleaned_data["code"])
    except DomainError as error:
        return _code_page(request, waiting, form, error=error, status=error.http_status)


def _by_code(request: HttpRequest, shop: ShopView, waiting: Waiting, code: str) -> HttpResponse:
    """Raises InvalidCode, TooManyGuesses, TooManyTries, Refused."""
    owner, now = owner_of(shop, waiting.contact), utc_now()
    refuse_if_shut(request, shop, "one_time_code", waiting.contact, now)
    judged = judge(request, shop, act_of(request, shop, Scene.SIGN_IN, buyer=owner, contact=waiting.contact))
    if judged.answer is not None:
        return judged.answer
    entry = go_in(request, shop, "one_time_code", waiting.contact, now)
    if entry.answer is not None:
        return entry.answer
    try:
        with in_steady_time():
            try:
                session = _session(request, shop, waiting, code, may_join=False)
            except NotJoinedYet:
                # Only whoever has the code gets here: of who has an account nobody else learns anything.
                joining = judge(
                    request, shop, act_of(request, shop, Scene.REGISTER, buyer=owner, contact=waiting.contact),
                    to=kept.NOBODY,
                )  # fmt: skip
                if joining.answer is not None:
                    entry.tell(good=True, now=now)
                    return joining.answer
                session = _session(request, shop, waiting, code, may_join=True)
                noted(joining, good=True)
    except InvalidCode:
        entry.tell(good=False, now=now)
        noted(judged, good=False)
        note_guess(request, shop, Scene.ONE_TIME_CODE, good=False, buyer=owner, contact=waiting.contact)
        raise
    entry.tell(good=True, now=now)
    noted(judged, good=True)
    return welcome(request, session, waiting.next)


def _session(request: HttpRequest, shop: ShopView, waiting: Waiting, code: str, *, may_join: bool) -> NewSession:
    return sign_in_by_code(
        shop_id=shop.id,
        code_id=waiting.code_id,
        code=code,
        visitor=visitor(request),
        replaces=session_token(request),
        may_join=may_join,
        now=utc_now(),
    )


@page("POST", private=True)
def signin_password(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Take a contact and its password."""
    after = safe_next(request.POST.get("next", ""))
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _password_page(request, form, after, status=422)
    try:
        return _by_password(request, shop, form.cleaned_data["contact"], form.cleaned_data["password"], after)
    except DomainError as error:
        return _password_page(request, form, after, error=error, status=error.http_status)


def _by_password(request: HttpRequest, shop: ShopView, contact: str, password: str, after: str) -> HttpResponse:
    """Raises InvalidPassword, TooManyGuesses, TooManyTries, Refused."""
    now = utc_now()
    refuse_if_shut(request, shop, "sign_in", contact, now)
    keys = {KeyKind.ADDRESS: client_ip(request), KeyKind.DEVICE: device_id(request)}
    subject = contact.strip().lower()
    facts = stuffing.facts(shop_id=shop.id, door="sign_in", keys=keys, subject=subject, guess=password, now=now)
    act = act_of(request, shop, Scene.SIGN_IN, buyer=owner_of(shop, contact), contact=contact, facts=facts)
    judged = judge(request, shop, act)
    if judged.answer is not None:
        return judged.answer
    entry = go_in(request, shop, "sign_in", contact, now)
    if entry.answer is not None:
        return entry.answer
    try:
        with in_steady_time():
            session = sign_in_by_password(
                shop_id=shop.id,
                contact=contact,
                password=password,
                visitor=visitor(request),
                replaces=session_token(request),
                now=utc_now(),
            )
    except InvalidPassword:
        entry.tell(good=False, now=now, guess=password)
        noted(judged, good=False)
        raise
    entry.tell(good=True, now=now)
    noted(judged, good=True)
    return welcome(request, session, after)


@page("POST", private=True)
def signout(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """End this browser's session."""
    buyer = current(request, shop)
    if buyer is not None:
        end_session(buyer=buyer, now=utc_now())
    return let_out(redirect("storefront:me"), request)


def welcome(request: HttpRequest, session: NewSession, after: str) -> HttpResponse:
    """Let the browser in and lead it on."""
    return let_in(redirect(after or "storefront:me"), request, session)


def _signin_page(
    request: HttpRequest,
    shop: ShopView,
    form: ContactForm,
    after: str,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "next": after,
        "apps": offered(request, shop),
        "error": error,
        "advice": advice(error),
        "tab": "me",
    }
    return with_retry(show(request, "account/signin", context, status=status), error)


def _password_page(
    request: HttpRequest, form: PasswordForm, after: str, error: DomainError | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "next": after, "error": error, "advice": advice(error), "tab": "me"}
    return with_retry(show(request, "account/password", context, status=status), error)


def _code_page(
    request: HttpRequest, waiting: Waiting, form: CodeForm, error: DomainError | None = None, status: int = 200
) -> HttpResponse:
    shown = None if isinstance(error, InvalidCode) else error
    context = {
        "form": form,
        "contact": waiting.contact,
        "wrong": error if shown is None else None,
        "error": shown,
        "advice": advice(shown),
        "tab": "me",
    }
    return with_retry(show(request, "account/code", context, status=status), error)
