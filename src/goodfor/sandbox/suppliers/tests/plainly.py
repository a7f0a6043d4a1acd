"""A vendor that exists nowhere: JSON without a signature. The common part is tested by it, apart from any protocol."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact, two
from goodfor.sandbox.suppliers.vendor import Repeat, json_body
from goodfor.sandbox.web import Request, Response, json_response


class Plainly:
    """See `vendor.Vendor`."""

    currency = "CNY"
    retries: tuple[float, ...] = (1.0, 1.0)

    def __init__(self, name: str = "plainly", repeat: Repeat = "refused", *, inline: bool = True) -> None:
        self.name, self.inline = name, inline
        self.repeat: Repeat = repeat

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        return {"base_url": base_url}, {}

    def answer(self, request: Request, desk: Desk) -> Response:
        body = json_body(request)
        endpoint = request.path.strip("/")
        number = str(body.get("number", ""))
        desk.begin(endpoint, number=number, item=str(body.get("item", "")))
        if endpoint == "create":
            exact = {key: Decimal(body[key]) for key in ("max_unit", "max_total", "exact") if key in body}
            quantity, url = int(body.get("quantity", 1)), str(body.get("url", ""))
            order = desk.create(Wanted(number, body["item"], quantity, notify_url=url, **exact))
            return json_response({**_shown(order), "new": order.new})
        if endpoint == "query":
            return json_response(_shown(desk.find(number=number)))
        if endpoint == "list":
            return json_response({"ids": [item.id for item in desk.items(int(body["page"]), 10)]})
        return json_response({"balance": two(desk.balance()), "now": desk.now_ms()})

    def refusal(self, refused: Refused, desk: Desk) -> Response:
        return json_response({"no": refused.why})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        url = order.notify_url or site.push_url
        return [Outgoing(url, compact({**_shown(order), "sign": "good"}).encode())] if url else []

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:
        return [Outgoing(site.push_url, compact({"item": item.id}).encode())]

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        return Outgoing(sent.url, compact({**json.loads(sent.body), "sign": how}).encode(), sent.headers, sent.ack)


def _shown(order: Order) -> Mapping[str, Any]:
    return {
        "number": order.number, "ref": order.ref, "state": order.state, "charged": two(order.charged),
        "refunded": two(order.refunded), "codes": [code.secret for code in order.codes],
    }  # fmt: skip
