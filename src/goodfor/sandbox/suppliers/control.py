"""/_control: the stand-ins' own API, JSON in and out, behind the control token."""

import hmac
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from goodfor.sandbox.loopback import is_loopback_url
from goodfor.sandbox.suppliers import acts
from goodfor.sandbox.suppliers.house import House
from goodfor.sandbox.suppliers.types import Code, Item, Order, Refused, Site
from goodfor.sandbox.types import GatewayError
from goodfor.sandbox.web import Request, Response, json_response


def answer(house: House, request: Request) -> Response:
    """One call of the control API. Raises GatewayError."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), house.token.encode()):
        return json_response({"code": -1, "msg": "control token missing or wrong"}, 401)
    parts = request.path.strip("/").split("/")[1:]
    try:
        return json_response(_routed(house, request, parts))
    except Refused as no:
        raise GatewayError(no.text or no.why) from None
    except (TypeError, ValueError, KeyError) as wrong:
        raise GatewayError(f"not understood: {wrong}") from None


def _routed(house: House, request: Request, parts: list[str]) -> dict[str, Any]:
    wish = dict(request.json())
    match [request.method, *parts]:
        case ["GET", "status"]:
            return {"ok": True, "url": house.url, "vendors": sorted(house.vendors), "open_pushes": open_pushes(house)}
        case ["GET", "faults"]:
            return {"faults": house.board.listed()}
        case ["POST", "faults"]:
            return vars(house.board.set(wish))
        case ["DELETE", "faults"]:
            return {"faults": house.board.reset()}
        case ["POST", "tick"]:
            return {"worked": house.due()}
        case ["POST", "sites"]:
            return shown_site(house, open_site(house, wish))
        case ["GET", vendor, name, "totals"]:
            return acts.totals(house, house.site(vendor, name))
        case ["GET", vendor, name, "books"]:
            return books(house, house.site(vendor, name))
        case ["POST", vendor, name, act] if act in _ACTS:
            return _ACTS[act](house, house.site(vendor, name), wish)
    raise GatewayError("no such address")


def open_site(house: House, wish: dict[str, Any]) -> Site:
    """`{"vendor", "name", "balance"?, "credit"?, "push_url"?, "delay"?}`."""
    push_url = str(wish.get("push_url") or "")
    if push_url and not is_loopback_url(push_url):
        raise GatewayError("push_url: these stand-ins call loopback addresses only")
    delay = wish.get("delay")
    return house.open_site(
        str(wish.get("vendor")), str(wish.get("name")), balance=acts.amount(wish.get("balance", Decimal(10_000))),
        credit=acts.amount(wish.get("credit", 0)), push_url=push_url, delay=None if delay is None else float(delay),
    )  # fmt: skip


def shown_site(house: House, site: Site) -> dict[str, Any]:
    """A site with what a shop enters."""
    base_url = house.base_url(site)
    config, secrets = house.vendors[site.vendor].credentials(site.name, base_url)
    return {
        "vendor": site.vendor, "name": site.name, "base_url": base_url, "config": config, "secrets": secrets,
        "currency": site.currency, "balance": format(site.balance, "f"), "push_url": site.push_url,
    }  # fmt: skip


def shown_order(order: Order) -> dict[str, Any]:
    """An order as JSON, codes and all: these books are a test's witness."""
    found = {key: value for key, value in vars(order).items() if key not in ("site", "new", "codes")}
    for key in ("unit_cost", "charged", "refunded"):
        found[key] = format(found[key], "f")
    return {**found, "codes": [shown_code(one) for one in order.codes]}


def shown_code(code: Code) -> dict[str, Any]:
    """A code as JSON."""
    return {**vars(code), "image": code.image.hex()}


def shown_item(item: Item) -> dict[str, Any]:
    """An item as JSON."""
    return {**vars(item), "cost": format(item.cost, "f"), "face": format(item.face, "f")}


def books(house: House, site: Site) -> dict[str, Any]:
    """Everything of a site: totals, orders with codes, movements, complaints, calls that came and went."""
    totals = acts.totals(house, site)
    with house.db.read() as conn:
        rows = {
            table: [dict(row) for row in conn.execute(sql, (site.id,))]
            for table, sql in (
                ("movements", "SELECT seq, order_seq, kind, amount, at_ms FROM movements WHERE site = ? ORDER BY seq"),
                ("tickets", "SELECT ref, order_seq, text, state, reply FROM tickets WHERE site = ? ORDER BY seq"),
                ("calls", "SELECT seq, endpoint, number, verdict, at_ms FROM calls WHERE site = ? ORDER BY seq"),
                (
                    "pushes",
                    "SELECT id, order_seq, what, fault, state, attempt, status, answer FROM pushes WHERE site = ?"
                    " ORDER BY id",
                ),
            )
        }
    return {**rows, "totals": totals, "orders": [shown_order(order) for order in house.orders(site)]}


def open_pushes(house: House) -> int:
    """How many calls back and steps at a time are still to come."""
    with house.db.read() as conn:
        row = conn.execute(
            "SELECT (SELECT count(*) FROM pushes WHERE state IN ('waiting', 'sending'))"
            " + (SELECT count(*) FROM steps WHERE at_ms IS NOT NULL)"
        ).fetchone()
    return int(row[0])


def _order_act(house: House, site: Site, wish: dict[str, Any]) -> dict[str, Any]:
    return shown_order(acts.act(house, site, str(wish.pop("number")), str(wish.pop("what")), **wish))


def _topup(house: House, site: Site, wish: dict[str, Any]) -> dict[str, Any]:
    return shown_site(house, acts.topup(house, site, acts.amount(wish["amount"])))


def _seed(house: House, site: Site, wish: dict[str, Any]) -> dict[str, Any]:
    return {"ids": acts.seed(house, site, int(wish.pop("count")), **wish)}


def _item(house: House, site: Site, wish: dict[str, Any]) -> dict[str, Any]:
    tell = bool(wish.pop("tell", False))
    return shown_item(acts.change(house, site, str(wish.pop("id")), tell=tell, **wish))


def _use(house: House, site: Site, wish: dict[str, Any]) -> dict[str, Any]:
    at = wish.get("at")
    ref = acts.use(house, site, str(wish["code"]), str(wish.get("state", "used")), at=None if at is None else float(at))
    return {"ok": True, "ref": ref}


def _reply(house: House, site: Site, wish: dict[str, Any]) -> dict[str, Any]:
    acts.reply(
        house, site, str(wish["ticket"]), str(wish.get("text", "")), str(wish.get("state", "done")),
        refund=wish.get("refund"),
    )  # fmt: skip
    return {"ok": True}


_ACTS: dict[str, Callable[[House, Site, dict[str, Any]], dict[str, Any]]] = {
    "order": _order_act, "topup": _topup, "seed": _seed, "item": _item, "use": _use, "reply": _reply,
}  # fmt: skip
