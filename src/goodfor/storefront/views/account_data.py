"""One's own data: take it along, delete it; and guests' orders that may come into the account."""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity import queries as identity
from goodfor.identity.operations.delete_account import cancel_deletion, request_deletion
from goodfor.identity.operations.note_export import note_export
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations.claim_orders import claim_orders
from goodfor.orders.types import OrderView
from goodfor.risk.types import Scene
from goodfor.storefront import grants
from goodfor.storefront.account import account_page
from goodfor.storefront.balance import held_by
from goodfor.storefront.client import client_ip
from goodfor.storefront.forms import ids_in
from goodfor.storefront.judging import Judged, act_of, judge, noted, refusal, said_no
from goodfor.storefront.page import show
from goodfor.storefront.personal_data import archive, orders_of_account, revealed_codes
from goodfor.storefront.views.account_parts import advice
from goodfor.storefront.wallet import Entry
from goodfor.storefront.whose import archive_goes_to

MOST_CLAIMED = 50


@account_page("GET")
def data(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Export and deletion."""
    return _data(request, shop, buyer)


def _data(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, status: int = 200) -> HttpResponse:
    view = identity.buyer_view(shop.id, buyer.buyer_id)
    return show(request, "account/data", {"view": view, "held": held_by(shop, buyer), "tab": "me"}, status=status)


@account_page("POST", fresh=True)
def export(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """A ZIP with everything that is kept about the buyer; codes in plain only when asked for, and written down."""
    now = utc_now()
    with_codes = request.POST.get("codes") == "1"
    held = orders_of_account(shop.id, buyer.ref)
    judged = _judged(request, shop, buyer, held) if with_codes else None
    if judged is not None and judged.answer is not None:
        return judged.answer
    codes = revealed_codes(shop.id, buyer, held, client_ip(request), now) if with_codes else {}
    content = archive(shop, buyer, held, codes, with_codes, now)
    note_export(buyer=buyer, with_codes=with_codes, now=now)
    if judged is not None:
        noted(judged, good=True)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{shop.code}-my-data-{now:%Y%m%d}.zip"'
    return response


def _judged(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, held: Sequence[OrderView]) -> Judged:
    """All codes at once are shown no more easily than one. Raises Refused."""
    shown = [order for order in held if order.state == "delivered"]
    worth = sum(order.total.amount_minor for order in shown)
    act = act_of(
        request, shop, Scene.REVEAL, buyer=buyer.ref, subject=("buyer", buyer.buyer_id),
        amount=Money(worth, shop.currency),
        facts={"quantity": sum(order.quantity for order in shown)},
    )  # fmt: skip
    if said_no(act, [order.id for order in shown], "order"):
        # What a person has refused on the order's own page does not come out with all the others.
        raise refusal()
    return judge(request, shop, act, to=lambda: archive_goes_to(request, shop, [order.id for order in shown]))


@account_page("POST", fresh=True)
def delete(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Ask to be forgotten in seven days; not while the balance holds money that would be lost with the account."""
    if held_by(shop, buyer).amount_minor:
        return _data(request, shop, buyer, status=409)
    request_deletion(buyer=buyer, now=utc_now())
    return redirect("storefront:me_data")


@account_page("POST")
def keep(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Stay after all."""
    cancel_deletion(buyer=buyer, now=utc_now())
    return redirect("storefront:me_data")


@account_page("GET", "POST")
def claim(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Orders placed as a guest with a proven contact, or proved in this browser: take them into the account."""
    proved = [grant.order_id for grant in grants.grants_of(request, shop.id)]
    error: DomainError | None = None
    if request.method == "POST":
        wanted = ids_in(request.POST.getlist("order"), MOST_CLAIMED)
        try:
            if wanted:
                claim_orders(shop_id=shop.id, buyer=buyer, order_ids=wanted, proved_ids=proved, now=utc_now())
            return redirect("storefront:orders")
        except DomainError as refused:
            error = refused
    found = orders.claimable_orders(shop.id, buyer.buyer_id, proved, MOST_CLAIMED)
    entries = [Entry(order, order.lines[0].title if order.lines else order.number) for order in found]
    context = {"entries": entries, "error": error, "advice": advice(error), "tab": "orders"}
    return show(request, "account/claim", context, status=error.http_status if error else 200)
