"""Who comes late to a flash sale is told so at once: before anything is priced, judged, counted or locked.

A page that showed a flash price names its campaign (`deal`). While that campaign has nothing left of the SKU, the
answer is one cheap read and a small page, which leads to today's price. While there is some left and many come at once,
they are let in one after another, no faster than leaves room for everybody else (`crowd`); who was let in is not
stopped again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from goodfor.identity.types import ShopView
from goodfor.promotions import queries as promotions
from goodfor.storefront.crowd import crowd, line, pace
from goodfor.storefront.forms import ids_in
from goodfor.storefront.page import show

#: What the checkout needs to be shown anew; without `deal`, so at today's price.
_AGAIN: Final = ("p", "sku", "qty")
#: Longer texts are nothing that our pages write.
_LONGEST: Final = 200


def late_or_early(request: HttpRequest, shop: ShopView, asked: QueryDict, now: datetime) -> HttpResponse | None:
    """The answer to whoever asks for a flash price that is gone, or comes in a crowd; None: go on.

    Whoever only asks for another price goes on, too.
    """
    named = ids_in([asked.get("deal", ""), asked.get("sku", "")])
    if len(named) != 2 or "update" in asked:
        return None
    if promotions.sold_out(shop.id, named[0], named[1], now):
        again = urlencode({name: asked.get(name, "")[:_LONGEST] for name in _AGAIN})
        return show(request, "sold_out", {"again": f"{reverse('storefront:checkout')}?{again}"}, status=409)
    if request.method == "GET" and (crowd.dense or not pace.lets_in(time.monotonic())):
        seconds = line.seconds(time.monotonic())
        response = show(request, "crowded", {"seconds": seconds}, status=503)
        response["Retry-After"] = response["Refresh"] = str(seconds)
        return response
    return None


@contextmanager
def let_in(request: HttpRequest, asked: QueryDict) -> Iterator[None]:
    """Around what serves whoever was let in: how long a sale's page takes decides when the next one is."""
    began = time.monotonic()
    yield
    if request.method == "GET" and "deal" in asked:
        pace.took(time.monotonic() - began)
