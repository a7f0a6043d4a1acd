"""What somebody's company gives him: joining it, his units, its goods, and buying them."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity.errors import InvalidCode
from goodfor.identity.operations.prove_contact import PURPOSE, prove_contact
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.orders.types import DIRECT, LineRequest
from goodfor.risk.types import Scene
from goodfor.storefront.account import Waiting, account_page, visitor, wait_for, waited_for
from goodfor.storefront.account_forms import CodeForm, ContactForm
from goodfor.storefront.client import client_ip
from goodfor.storefront.codes import note_guess, sent_code
from goodfor.storefront.forms import QuantityForm, ids_in, typed
from goodfor.storefront.grants import remember
from goodfor.storefront.judged_sales import judged_order
from goodfor.storefront.judging import noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import show
from goodfor.storefront.plays import Goods, goods_of
from goodfor.storefront.top_ups import TopUpForm, top_up_form
from goodfor.storefront.types import Grant
from goodfor.storefront.views.account_parts import advice, with_retry
from goodfor.storefront.views.checkout import HOUR, PLACED_AN_HOUR
from goodfor.storefront.welfare import Chosen, chosen, offered, told
from goodfor.welfare import queries as welfare
from goodfor.welfare.errors import NotForWelfare
from goodfor.welfare.operations.join import join_by_link, join_by_mail
from goodfor.welfare.operations.spend import spend
from goodfor.welfare.types import Membership

_ROWS: Final = 30
#: Tries to join, of an account.
_JOINS_AN_HOUR: Final = 20


@account_page()
def mine(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """The companies that this buyer is an employee of, and how to join one."""
    return _mine(request, shop, buyer)


@account_page()
def home(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, employee_id: UUID) -> HttpResponse:
    """A company's welfare home: what one holds, and what there is."""
    now = utc_now()
    member = welfare.membership(shop.id, buyer.buyer_id, employee_id, now)
    before: list[UUID] = ids_in([request.GET.get("before", "")], 1)
    rows = welfare.movements(shop.id, member, before[0] if before else None, _ROWS + 1)
    context = {
        "member": member,
        "ends": [(one, Money(one.units, member.company.currency)) for one in welfare.ending(shop.id, member, now)],
        "goods": [] if before else offered(shop.id, member.company),
        "rows": told(rows[:_ROWS], member.company),
        "more": rows[_ROWS - 1].id if len(rows) > _ROWS else None,
        "earlier": bool(before),
        "tab": "me",
    }
    return show(request, "welfare/home", context)


@account_page("GET", "POST")
def join(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, token: str) -> HttpResponse:
    """The link of an employee: whose it is, and joining."""
    now = utc_now()
    _count(shop, buyer)
    if request.method != "POST":
        return show(request, "welfare/join", {"company": welfare.invited_by(shop.id, token), "tab": "me"})
    join_by_link(shop_id=shop.id, token=token, buyer_id=buyer.buyer_id, now=now)
    return redirect("storefront:welfare")


@account_page("POST")
def join_mail(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """A code to the work address. Whether a company knows the address is told only to whoever has the code."""
    form = ContactForm(request.POST)
    try:
        _count(shop, buyer)
        if not form.is_valid() or "@" not in form.cleaned_data["contact"]:
            return _mine(request, shop, buyer, bad_mail=True, status=422)
        contact = form.cleaned_data["contact"]
        issued = sent_code(request, shop, contact, PURPOSE)
    except DomainError as error:
        return _mine(request, shop, buyer, error=error, status=error.http_status)
    if isinstance(issued, HttpResponse):
        return issued
    response = redirect("storefront:welfare_join_code")
    return wait_for(response, request, shop, Waiting(issued.code_id, PURPOSE, contact, ""))


@account_page("GET", "POST")
def join_code(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """The code that went to the work address; with it one is of the company."""
    waiting = waited_for(request, shop, PURPOSE)
    if waiting is None:
        return redirect("storefront:welfare")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return show(
            request, "welfare/join_code", {"contact": waiting.contact, "form": form, "tab": "me"}, status=status
        )
    now = utc_now()
    try:
        contact = prove_contact(
            shop_id=shop.id, code_id=waiting.code_id, code=form.cleaned_data["code"], visitor=visitor(request), now=now
        )
        join_by_mail(shop_id=shop.id, mail=contact.value, buyer_id=buyer.buyer_id, now=now)
    except DomainError as error:
        if isinstance(error, InvalidCode):
            note_guess(request, shop, Scene.ONE_TIME_CODE, good=False, buyer=buyer.ref)
        context = {"contact": waiting.contact, "form": form, "error": error, "advice": advice(error), "tab": "me"}
        return with_retry(show(request, "welfare/join_code", context, status=error.http_status), error)
    return redirect("storefront:welfare")


@account_page("GET", "POST")
def buy(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, employee_id: UUID) -> HttpResponse:
    """One of the company's goods: what it costs in units, and buying it."""
    now = utc_now()
    member = welfare.membership(shop.id, buyer.buyer_id, employee_id, now)
    asked = request.POST if request.method == "POST" else request.GET
    sku_ids = ids_in([asked.get("sku", "")], 1)
    known = _goods(shop, member, sku_ids[0] if sku_ids else None)
    form = QuantityForm({"quantity": asked.get("qty", "1")})
    quantity = form.cleaned_data["quantity"] if form.is_valid() else 1
    one = chosen(request, shop, buyer, member, known, quantity, now)
    asks = known.sku.delivery_kind == DIRECT
    top_up = top_up_form(shop.id, known.sku.id, request.POST, buyer) if asks else None
    if request.method != "POST":
        return _buy_page(request, member, one, top_up)
    if top_up is not None and not top_up.judge(now, remote=True):
        return _buy_page(request, member, one, top_up, status=422)
    try:
        return _order(request, shop, buyer, member, one, top_up)
    except DomainError as error:
        fresh = welfare.membership(shop.id, buyer.buyer_id, employee_id, now)
        again = chosen(request, shop, buyer, fresh, known, quantity, now)
        return _buy_page(request, fresh, again, top_up, error=error, status=error.http_status)


def _goods(shop: ShopView, member: Membership, sku_id: UUID | None) -> Goods:
    """Goods on sale that the company offers. Raises NotForWelfare, SkuUnknown."""
    if sku_id is None or all(one.goods.sku.id != sku_id for one in offered(shop.id, member.company)):
        raise NotForWelfare
    return goods_of(shop.id, sku_id)


def _order(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, member: Membership, one: Chosen,
    top_up: TopUpForm | None,
) -> HttpResponse:  # fmt: skip
    now, order_id, seen = utc_now(), uuid7(), request.POST.get("seen", "")
    part = one.part if request.POST.get("way") == "part" else None
    count_attempt(
        shop_id=shop.id, scope="place", subject=client_ip(request), limit=PLACED_AN_HOUR, window=HOUR, now=now
    )
    judged = judged_order(
        request, shop, order_id=order_id, ref=buyer.ref, contact=one.buyer.contact, offer=one.goods.offer,
        quantity=one.quantity, category=one.goods.card.category_slug,
    )  # fmt: skip
    if judged.answer is not None:
        return judged.answer
    done = spend(
        shop_id=shop.id, employee_id=member.employee_id, buyer_id=buyer.buyer_id,
        lines=[LineRequest(one.goods.sku.id, one.quantity, top_up.filled if top_up else {})], buyer=one.buyer,
        expect_minor=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else one.minor,
        part_minor=part, request_key=typed(request.POST.get("key", ""), 40) or order_id.hex, hold=judged.hold,
        order_id=order_id, now=now,
    )  # fmt: skip
    noted(judged, good=True)
    response = redirect("storefront:pay" if part is not None else "storefront:order", number=done.number)
    if done.secret:
        remember(response, request, shop.id, Grant(done.order_id, done.number, now), done.secret)
    return response


def _buy_page(
    request: HttpRequest, member: Membership, one: Chosen, top_up: TopUpForm | None, *,
    error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "member": member,
        "one": one,
        "top_up": top_up,
        "slug": one.goods.card.slug,
        "key": uuid7().hex,
        "most": min(one.goods.sku.per_order_limit, 10),
        "error": error,
        "advice": advice(error),
        "tab": "me",
    }
    return with_retry(show(request, "welfare/buy", context, status=status), error)


def _mine(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, *, bad_mail: bool = False,
    error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "members": welfare.memberships(shop.id, buyer.buyer_id, utc_now()),
        "mail": typed(request.POST.get("contact", ""), 120),
        "bad_mail": bad_mail,
        "error": error,
        "advice": advice(error),
        "tab": "me",
    }
    return with_retry(show(request, "welfare/mine", context, status=status), error)


def _count(shop: ShopView, buyer: SignedInBuyer) -> None:
    count_attempt(
        shop_id=shop.id, scope="welfare.join", subject=buyer.ref, limit=_JOINS_AN_HOUR, window=HOUR, now=utc_now()
    )
