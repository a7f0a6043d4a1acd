"""Signing in to a company's console by a code to a mail address, and out again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity.errors import InvalidCode
from goodfor.identity.operations.prove_contact import PURPOSE, prove_contact
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk.types import Scene
from goodfor.storefront.account import Waiting, visitor, wait_for, waited_for
from goodfor.storefront.account_forms import CodeForm, ContactForm
from goodfor.storefront.codes import note_guess, sent_code
from goodfor.storefront.company import company_page, let_in, let_out
from goodfor.storefront.page import page, show
from goodfor.storefront.views.account_parts import advice, with_retry
from goodfor.welfare.errors import SignInFirst
from goodfor.welfare.operations.sign_in import sign_in, sign_out
from goodfor.welfare.types import SignedIn


@page("GET", "POST", private=True)
def signin(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """A mail address; it is sent a code, whether or not it is anybody's."""
    if request.method != "POST":
        return _ask(request, ContactForm())
    form = ContactForm(request.POST)
    if not form.is_valid() or "@" not in form.cleaned_data["contact"]:
        return _ask(request, form, bad=True, status=422)
    contact = form.cleaned_data["contact"]
    try:
        issued = sent_code(request, shop, contact, PURPOSE)
    except DomainError as error:
        return _ask(request, form, error=error, status=error.http_status)
    if isinstance(issued, HttpResponse):
        return issued
    response = redirect("storefront:company_code")
    return wait_for(response, request, shop, Waiting(issued.code_id, PURPOSE, contact, ""))


@page("GET", "POST", private=True)
def code(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """The code; with it whoever looks after a company is let in."""
    waiting = waited_for(request, shop, PURPOSE)
    if waiting is None:
        return redirect("storefront:company_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"contact": waiting.contact, "form": form}
        return show(request, "company/code", context, status=422 if request.method == "POST" else 200)
    now = utc_now()
    try:
        proven = prove_contact(
            shop_id=shop.id, code_id=waiting.code_id, code=form.cleaned_data["code"], visitor=visitor(request), now=now
        )
        here = sign_in(shop_id=shop.id, mail=proven.value, now=now)
    except SignInFirst as error:
        return _ask(request, ContactForm(), error=error, unknown=True, status=error.http_status)
    except DomainError as error:
        if isinstance(error, InvalidCode):
            note_guess(request, shop, Scene.ONE_TIME_CODE, good=False, contact=waiting.contact)
        context = {"contact": waiting.contact, "form": form, "error": error, "advice": advice(error)}
        return with_retry(show(request, "company/code", context, status=error.http_status), error)
    return let_in(redirect("storefront:company"), request, here)


@company_page("POST")
def signout(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """Out, in this browser."""
    sign_out(shop_id=shop.id, session_id=here.session_id, now=utc_now())
    return let_out(redirect("storefront:company_in"), request)


def _ask(
    request: HttpRequest, form: ContactForm, *, bad: bool = False, unknown: bool = False,
    error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "bad": bad, "unknown": unknown, "error": None if unknown else error,
        "advice": advice(error),
    }  # fmt: skip
    return with_retry(show(request, "company/signin", context, status=status), error)
