"""Everything that an account holds, in one list: what ends first comes first."""

from typing import Final

from django.http import HttpRequest, HttpResponse

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.storefront.account import account_page
from goodfor.storefront.forms import typed
from goodfor.storefront.page import show
from goodfor.storefront.places import place_in
from goodfor.storefront.shelves import SHELVES, all_shelves

A_PAGE: Final = 20


@account_page()
def wallet(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """All kinds together, or one (`kind`), which goes on after `after`."""
    now, asked = utc_now(), typed(request.GET.get("kind", ""), 20)
    kind = next((one for one in SHELVES if one.name == asked), None)
    if kind is None:
        things, more = all_shelves(shop, buyer, now, A_PAGE)
        following = ""
    else:
        shelf = kind.read(shop, buyer, now, place_in(request.GET.get("after", "")), A_PAGE)
        things, more, following = list(shelf.things), [], shelf.next
    context = {"things": things, "kinds": SHELVES, "kind": kind, "more": more, "next": following, "tab": "me"}
    return show(request, "wallet", context)
