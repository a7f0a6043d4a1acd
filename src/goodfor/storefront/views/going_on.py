"""Going on with what was stopped, by a one-time code: for whoever has no script, and where it must be the owner."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from goodfor.identity.errors import InvalidCode, InvalidContact
from goodfor.identity.operations.prove_contact import PURPOSE, prove_contact
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.risk.types import Scene
from goodfor.storefront import kept
from goodfor.storefront.account import Waiting, visitor, wait_for, waited_for
from goodfor.storefront.account_forms import CodeForm, ContactForm
from goodfor.storefront.codes import note_guess, sent_code
from goodfor.storefront.devices import own_id
from goodfor.storefront.errors import PageExpired
from goodfor.storefront.judging import refusal
from goodfor.storefront.page import page, show
from goodfor.storefront.views.account_parts import advice, with_retry
from goodfor.storefront.whose import contacts_of, is_one_of


@page("POST", private=True)
def go_on(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Choose where the code goes, take it, lead back. Everything about what was stopped lies in the page."""
    stopped = kept.opened(request.POST.get(kept.KEPT, ""), shop.id, own_id(request), utc_now())
    if stopped is None or stopped.to == kept.NOBODY:
        raise PageExpired
    way = request.POST.get("way", "")
    try:
        if way == "send":
            return _send(request, shop, stopped)
        if way == "code":
            return _take(request, shop, stopped)
        return _show(request, shop, stopped)
    except DomainError as error:
        return _show(request, shop, stopped, error=error)


def _send(request: HttpRequest, shop: ShopView, stopped: kept.Kept) -> HttpResponse:
    if stopped.to == kept.ANYBODY:
        form = ContactForm(request.POST)
        if not form.is_valid():
            return _show(request, shop, stopped, form=form)
        contact = masked = form.cleaned_data["contact"]
    else:
        picked = next(
            (one for one in contacts_of(request, shop, stopped.to) if one.key == request.POST.get("pick")), None
        )
        if picked is None:
            raise InvalidContact
        contact, masked = picked.value, picked.masked
    issued = sent_code(request, shop, contact, PURPOSE)
    if isinstance(issued, HttpResponse):
        # Who has no script is asked for one in vain: nothing is sent.
        raise refusal()
    response = _show(request, shop, stopped, waiting=masked)
    return wait_for(response, request, shop, Waiting(issued.code_id, PURPOSE, masked, ""))


def _take(request: HttpRequest, shop: ShopView, stopped: kept.Kept) -> HttpResponse:
    waiting = waited_for(request, shop, PURPOSE)
    if waiting is None:
        raise PageExpired
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _show(request, shop, stopped, waiting=waiting.contact, wrong=str(form.errors["code"][0]))
    try:
        contact = prove_contact(
            shop_id=shop.id, code_id=waiting.code_id, code=form.cleaned_data["code"], visitor=visitor(request),
            now=utc_now(),
        )  # fmt: skip
    except InvalidCode as error:
        note_guess(request, shop, Scene.ONE_TIME_CODE, good=False)
        return _show(request, shop, stopped, waiting=waiting.contact, wrong=str(error.title))
    if stopped.to != kept.ANYBODY and not is_one_of(shop, contact.value, contacts_of(request, shop, stopped.to)):
        # A code that went elsewhere, for something else that was stopped.
        raise InvalidCode
    return _show(request, shop, stopped, passed=kept.passing(stopped, shop.id))


def _show(
    request: HttpRequest, shop: ShopView, stopped: kept.Kept, *, form: ContactForm | None = None, waiting: str = "",
    wrong: str = "", passed: str = "", error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "kept": request.POST.get(kept.KEPT, ""),
        "go_to": stopped.path,
        "anybody": stopped.to == kept.ANYBODY,
        "contacts": contacts_of(request, shop, stopped.to),
        "form": form or ContactForm(),
        "waiting": waiting,
        "wrong": wrong,
        "passed": passed,
        "error": error,
        "advice": advice(error),
    }
    status = error.http_status if error else 422 if wrong or (form is not None and form.errors) else 200
    return with_retry(show(request, "go_on", context, status=status), error)
