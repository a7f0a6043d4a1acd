"""Profile, saved top-up accounts, messages and consent."""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity import queries as identity
from goodfor.identity.operations.change_profile import change_profile
from goodfor.identity.operations.read_notices import read_notices
from goodfor.identity.operations.save_account import remove_saved_account, save_account
from goodfor.identity.operations.set_consent import set_consent
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.storefront.account import account_page
from goodfor.storefront.account_forms import ProfileForm, SavedAccountForm
from goodfor.storefront.notices import worded
from goodfor.storefront.order_news import order_news
from goodfor.storefront.page import show
from goodfor.storefront.views.account_parts import advice
from goodfor.storefront.views.small import YEAR

#: Lines of the message page.
SHOWN = 60


@account_page("GET", "POST")
def profile(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Name, birthday, language."""
    view = identity.buyer_view(shop.id, buyer.buyer_id)
    error: DomainError | None = None
    if request.method == "POST":
        form = ProfileForm(request.POST)
        if form.is_valid():
            try:
                change_profile(buyer=buyer, now=utc_now(), **form.cleaned_data)
                return _speak(redirect("storefront:me"), request, form.cleaned_data["locale"])
            except DomainError as refused:
                error = refused
    else:
        form = ProfileForm(initial={"name": view.name, "birthday": view.birthday, "locale": view.locale})
    context = {"form": form, "view": view, "error": error, "advice": advice(error), "tab": "me"}
    return show(request, "account/profile", context, status=422 if error or form.errors else 200)


def _speak(response: HttpResponse, request: HttpRequest, locale: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        locale,
        max_age=YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


@account_page("GET", "POST")
def saved(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Accounts that are topped up often: the list, and one more."""
    form = SavedAccountForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            save_account(buyer=buyer, now=utc_now(), **form.cleaned_data)
            return redirect("storefront:me_saved")
        except DomainError as refused:
            error = refused
    context = {
        "form": form,
        "accounts": identity.saved_accounts(shop.id, buyer.buyer_id),
        "error": error,
        "advice": advice(error),
        "tab": "me",
    }
    return show(request, "account/saved", context, status=422 if error or form.errors else 200)


@account_page("POST")
def delete_saved(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, account_id: UUID) -> HttpResponse:
    """Forget one."""
    remove_saved_account(buyer=buyer, account_id=account_id, now=utc_now())
    return redirect("storefront:me_saved")


@account_page("GET")
def messages(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """What happened with the account and its orders, and who may write by which channel."""
    notices = [worded(notice) for notice in identity.notices_of(shop.id, buyer.buyer_id)]
    notices = sorted([*notices, *order_news(shop.id, buyer.ref)], key=lambda line: line.at, reverse=True)[:SHOWN]
    read_notices(buyer=buyer, now=utc_now())
    consents = identity.consents_of(shop.id, buyer.buyer_id)
    context = {
        "notices": notices,
        "consents": [(p, [c for c in consents if c.purpose == p]) for p in ("service", "member", "marketing")],
        "saved": request.GET.get("saved") == "1",
        "tab": "me",
    }
    return show(request, "account/messages", context)


@account_page("POST")
def consent(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """The switches as they were sent: what is not ticked is a no."""
    ticked = set(request.POST.getlist("yes"))
    wanted = {
        (c.channel, c.purpose): f"{c.channel}/{c.purpose}" in ticked
        for c in identity.consents_of(shop.id, buyer.buyer_id)
    }
    set_consent(buyer=buyer, wanted=wanted, source="storefront:messages", now=utc_now())
    response = redirect("storefront:me_messages")
    response["Location"] += "?saved=1"
    return response
