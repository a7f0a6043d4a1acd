"""Security: contacts, password, passkeys, links, devices, sign-ins."""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity import queries as identity
from goodfor.identity.errors import InvalidCode
from goodfor.identity.operations.change_contact import confirm_contact, remove_contact
from goodfor.identity.operations.revoke_session import revoke_all_sessions, revoke_session
from goodfor.identity.operations.set_password import set_password
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk.types import Scene
from goodfor.storefront.account import Waiting, account_page, let_out, visitor, wait_for, waited_for
from goodfor.storefront.account_forms import CodeForm, ContactForm, NewPasswordForm
from goodfor.storefront.codes import note_guess, sent_code
from goodfor.storefront.page import show
from goodfor.storefront.views.account_parts import advice, offered, with_retry

CONTACT = "contact"


@account_page("GET")
def security(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Everything that opens the account, and who was in it."""
    return _page(request, shop, buyer)


@account_page("POST", fresh=True)
def password(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Set, change or remove the password; other browsers are signed out."""
    form = NewPasswordForm(request.POST)
    wanted = ""
    if request.POST.get("way") != "remove":
        if not form.is_valid():
            return _page(request, shop, buyer, password_error=str(form.errors["password"][0]), status=422)
        wanted = form.cleaned_data["password"]
    try:
        set_password(buyer=buyer, password=wanted, own_words=(shop.name, shop.code), now=utc_now())
    except DomainError as error:
        return _page(request, shop, buyer, error=error, status=error.http_status)
    return redirect("storefront:me_security")


@account_page("POST")
def revoke(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, session_id: UUID) -> HttpResponse:
    """Sign one browser out."""
    revoke_session(buyer=buyer, session_id=session_id, now=utc_now())
    return redirect("storefront:me_security")


@account_page("POST")
def revoke_all(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Sign every browser out, this one too."""
    revoke_all_sessions(buyer=buyer, now=utc_now())
    return let_out(redirect("storefront:signin"), request)


@account_page("POST", fresh=True)
def new_contact(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Send a code to a new telephone number or e-mail address."""
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _page(request, shop, buyer, contact_error=str(form.errors["contact"][0]), status=422)
    contact = form.cleaned_data["contact"]
    try:
        issued = sent_code(request, shop, contact, CONTACT, buyer)
        if isinstance(issued, HttpResponse):
            return issued
    except DomainError as error:
        return _page(request, shop, buyer, error=error, status=error.http_status)
    response = redirect("storefront:me_contact_code")
    return wait_for(response, request, shop, Waiting(issued.code_id, CONTACT, contact, ""))


@account_page("GET", "POST", fresh=True)
def contact_code(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Take the code: the new contact is proven."""
    waiting = waited_for(request, shop, CONTACT)
    if waiting is None:
        return redirect("storefront:me_security")
    form = CodeForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            confirm_contact(
                buyer=buyer,
                code_id=waiting.code_id,
                code=form.cleaned_data["code"],
                visitor=visitor(request),
                now=utc_now(),
            )
            return redirect("storefront:me_security")
        except DomainError as refused:
            error = refused
            if isinstance(refused, InvalidCode):
                note_guess(request, shop, Scene.ONE_TIME_CODE, good=False, buyer=buyer.ref)
    shown = None if isinstance(error, InvalidCode) else error
    context = {
        "form": form,
        "contact": waiting.contact,
        "wrong": error if shown is None else None,
        "error": shown,
        "advice": advice(shown),
        "back": reverse("storefront:me_security"),
        "post_to": reverse("storefront:me_contact_code"),
        "tab": "me",
    }
    status = error.http_status if error else 422 if form.errors else 200
    return with_retry(show(request, "account/code", context, status=status), error)


@account_page("POST", fresh=True)
def delete_contact(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, kind: str) -> HttpResponse:
    """Forget a contact."""
    remove_contact(buyer=buyer, kind=kind, now=utc_now())
    return redirect("storefront:me_security")


def _page(
    request: HttpRequest,
    shop: ShopView,
    buyer: SignedInBuyer,
    error: DomainError | None = None,
    password_error: str = "",
    contact_error: str = "",
    status: int = 200,
) -> HttpResponse:
    links = identity.links_of(shop.id, buyer.buyer_id)
    names = {app.provider.removesuffix("_mp"): app.label for app in identity.oauth_apps(shop.id, enabled_only=False)}
    linked = {link.provider for link in links}
    context = {
        "buyer": buyer,
        "view": identity.buyer_view(shop.id, buyer.buyer_id),
        "sessions": identity.sessions_of(shop.id, buyer.buyer_id, utc_now()),
        "signins": identity.signins_of(shop.id, buyer.buyer_id),
        "passkeys": identity.passkeys_of(shop.id, buyer.buyer_id),
        "links": [(link, names.get(link.provider, link.provider)) for link in links],
        "apps": [app for app in offered(request, shop) if app.provider.removesuffix("_mp") not in linked],
        "password_error": password_error,
        "contact_error": contact_error,
        "error": error,
        "advice": advice(error),
        "tab": "me",
    }
    return with_retry(show(request, "account/security", context, status=status), error)
