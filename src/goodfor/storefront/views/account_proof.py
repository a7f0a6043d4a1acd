"""A fresh proof before what is grave: by a code, the password or a passkey."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from goodfor.identity import queries as identity
from goodfor.identity.errors import InvalidCode, InvalidContact, InvalidPassword
from goodfor.identity.operations.prove import prove_by_code, prove_by_password
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk.types import Scene
from goodfor.storefront.account import Waiting, account_page, renew, safe_next, visitor, wait_for, waited_for
from goodfor.storefront.account_forms import CodeForm, NewPasswordForm
from goodfor.storefront.codes import note_guess, sent_code
from goodfor.storefront.page import show
from goodfor.storefront.views.account_parts import advice, offered, with_retry

PROOF = "proof"


@account_page("GET", "POST")
def proof(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Choose how to prove oneself; on POST by password, or send a code."""
    asked = request.POST if request.method == "POST" else request.GET
    after = safe_next(asked.get("next", ""))
    if request.method != "POST":
        return _page(request, shop, buyer, after)
    try:
        if request.POST.get("way") == "password":
            return _by_password(request, shop, buyer, after)
        return _send(request, shop, buyer, request.POST.get("way", ""), after)
    except DomainError as error:
        return _page(request, shop, buyer, after, error)


@account_page("GET", "POST")
def proof_code(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Take the code."""
    waiting = waited_for(request, shop, PROOF)
    if waiting is None:
        return redirect("storefront:me_proof")
    form = CodeForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            token = prove_by_code(
                buyer=buyer,
                code_id=waiting.code_id,
                code=form.cleaned_data["code"],
                visitor=visitor(request),
                now=utc_now(),
            )
            return renew(redirect(waiting.next or "storefront:me"), request, token)
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
        "back": f"{reverse('storefront:me_proof')}?{urlencode({'next': waiting.next})}",
        "post_to": reverse("storefront:me_proof_code"),
        "tab": "me",
    }
    status = error.http_status if error else 422 if form.errors else 200
    return with_retry(show(request, "account/code", context, status=status), error)


def _by_password(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, after: str) -> HttpResponse:
    form = NewPasswordForm(request.POST)
    password = form.cleaned_data["password"] if form.is_valid() else ""
    try:
        token = prove_by_password(buyer=buyer, password=password, visitor=visitor(request), now=utc_now())
    except InvalidPassword:
        note_guess(request, shop, Scene.SIGN_IN, good=False, buyer=buyer.ref)
        raise
    return renew(redirect(after or "storefront:me"), request, token)


def _send(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, kind: str, after: str) -> HttpResponse:
    contact = identity.contact_of_buyer(shop.id, buyer.buyer_id, kind)
    if contact is None:
        raise InvalidContact
    issued = sent_code(request, shop, contact.value, PROOF, buyer)
    if isinstance(issued, HttpResponse):
        return issued
    response = redirect("storefront:me_proof_code")
    return wait_for(response, request, shop, Waiting(issued.code_id, PROOF, contact.masked, after))


def _page(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, after: str, error: DomainError | None = None
) -> HttpResponse:
    linked = {link.provider for link in identity.links_of(shop.id, buyer.buyer_id)}
    context = {
        "view": identity.buyer_view(shop.id, buyer.buyer_id),
        "passkeys": identity.passkeys_of(shop.id, buyer.buyer_id),
        "apps": [app for app in offered(request, shop) if app.provider.removesuffix("_mp") in linked],
        "next": after,
        "error": error,
        "advice": advice(error),
        "tab": "me",
    }
    return with_retry(show(request, "account/proof", context, status=error.http_status if error else 200), error)
