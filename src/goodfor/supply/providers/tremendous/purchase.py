"""Buying at Tremendous. The same number with the same content gives the same order back."""

from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, records, text
from goodfor.supply.providers.tremendous.client import NOT_FOUND, Caller, Denied, guarded
from goodfor.supply.providers.tremendous.items import FORMS, ID, read_sku
from goodfor.supply.providers.tremendous.orders import codes_of, order_of, unwrapped
from goodfor.supply.providers.tremendous.settings import Settings
from goodfor.supply.providers.values import (
    Accepted,
    Asked,
    Code,
    Delivered,
    Doubt,
    NotFound,
    Order,
    OrderRef,
    Placed,
    PlaceRequest,
    Refused,
    Site,
)
from goodfor.supply.providers.wire import Wire

PATIENCE: Final = 35.0


class TremendousPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. They have no guard: the face value is what is paid, so it is compared here."""
        settings = Settings.of(site)
        wrong = _wrong(settings, request)
        if wrong is not None:
            return wrong

        def ask() -> Accepted | Delivered:
            told = Caller(settings, wire).post("place", "/orders", _body(settings, request), PATIENCE)
            order = _own(wire, order_of(told), request.number)
            if order.state == "success" and (order.codes or not order.has_codes):
                return Delivered(order.ref, order.charged, order.codes)
            return Accepted(order.ref, order.charged)

        return guarded(ask, sure=True)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`: by our number."""
        settings = Settings.of(site)
        if not ID.fullmatch(order.number):
            return Refused("request", "number")

        def ask() -> Order | NotFound:
            return _find(settings, wire, "query", order.number)

        return guarded(ask, sure=True)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`. A reward without its link has one made."""
        settings = Settings.of(site)
        if not ID.fullmatch(order.number):
            return Refused("request", "number")

        def ask() -> tuple[Code, ...]:
            caller = Caller(settings, wire)
            told = caller.get("codes", f"/orders/{order.number}")
            found = _own(wire, order_of(told), order.number)
            if found.codes or not found.has_codes:
                return found.codes
            rewards = records(unwrapped(told, "order").get("rewards"))
            codes = codes_of([_linked(caller, one) for one in rewards])
            wire.conceal(code.link for code in codes)
            if len(codes) != len(rewards):
                raise BadReply("no_link")
            return codes

        return guarded(ask)

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """See `Purchase.cancel`: its rewards are taken back one by one; the order tells the end."""
        settings = Settings.of(site)
        if not ID.fullmatch(order.number):
            return Refused("request", "number")

        def ask() -> Accepted:
            caller = Caller(settings, wire)
            told = caller.get("cancel", f"/orders/{order.number}")
            found = _own(wire, order_of(told), order.number)
            rewards = [_id(one) for one in records(unwrapped(told, "order").get("rewards"))]
            if not rewards:
                raise BadReply("no_reward")
            for reward in rewards:
                caller.post("cancel", f"/rewards/{reward}/cancel")
            return Accepted(found.ref)

        return guarded(ask)


def _wrong(settings: Settings, request: PlaceRequest) -> Refused | None:
    """What is found before anything is sent."""
    sku = read_sku(request.sku_id)
    if not ID.fullmatch(request.item_id) or not ID.fullmatch(request.number) or sku is None:
        return Refused("request", "sku_id" if sku is None else "item_id")
    if request.quantity != 1:
        return Refused("request", "quantity")
    currency, value = sku
    if currency != settings.currency or request.currency != settings.currency:
        return Refused("request", "currency")
    if value > request.max_cost:
        return Refused("price", "guard")
    asked = [one.key for one in FORMS[settings.method] if one.required]
    return Refused("account", "form") if any(not request.form.get(key, "").strip() for key in asked) else None


def _body(settings: Settings, request: PlaceRequest) -> dict[str, Any]:
    """Made of the request and the settings alone: another try has the same content."""
    currency, value = read_sku(request.sku_id) or ("", request.max_cost)
    known = {one.key for one in FORMS[settings.method]}
    recipient = {key: told.strip() for key, told in sorted(request.form.items()) if key in known and told.strip()}
    reward: dict[str, Any] = {
        "products": [request.item_id],
        # Nine digits and two decimals at most: a float is written back as it was.
        "value": {
            "denomination": int(value) if value == value.to_integral_value() else float(value),
            "currency_code": currency,
        },
        "delivery": {"method": settings.method},
    }
    if recipient:
        reward["recipient"] = recipient
    return {
        "external_id": request.number,
        "payment": {"funding_source_id": settings.funding_source},
        "reward": reward,
    }


def _find(settings: Settings, wire: Wire, what: str, number: str) -> Order | NotFound:
    try:
        told = Caller(settings, wire).get(what, f"/orders/{number}")
    except Denied as no:
        if no.status == NOT_FOUND:
            return NotFound()
        raise
    return _own(wire, order_of(told), number)


def _own(wire: Wire, order: Order, number: str) -> Order:
    wire.conceal(code.link for code in order.codes)
    if order.number != number:
        raise BadReply("other_number")
    return order


def _id(reward: dict[str, Any]) -> str:
    found = text(reward.get("id"), 32)
    if not ID.fullmatch(found):
        raise BadReply("no_reward")
    return found


def _linked(caller: Caller, reward: dict[str, Any]) -> dict[str, Any]:
    """The reward with its link. Raises as `Caller.post`."""
    if codes_of([reward]):
        return reward
    number = _id(reward)
    told = unwrapped(caller.post("codes", f"/rewards/{number}/generate_link"), "reward")
    if text(told.get("id"), 32) not in ("", number):
        raise BadReply("other_reward")
    link = text(told.get("link"), 2000)
    return told if codes_of([told]) else {"id": number, "delivery": {"link": link}}
