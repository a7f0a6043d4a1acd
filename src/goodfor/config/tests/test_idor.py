"""Everything that belongs to somebody, tried by everybody else, at every address of the installation.

The list of addresses comes from the resolver: a new one that says nowhere whose things it shows fails here. Refused
means: the same answer as for a thing that does not exist, and not one row changed.
"""

import itertools
import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from goodfor.config.tests.everybody import ALL_SCOPES, FETCH, Side, Sides, all_routes, api_key, digest, filled
from goodfor.console.tests.helpers import proved
from goodfor.identity.roles import Role
from goodfor.identity.types import Scope

pytestmark = pytest.mark.django_db(transaction=True)
ROUTES = all_routes()

#: Shows a shop's shelves and words to everybody, or only what the asking browser itself brings along.
OPEN = {
    "", "c", "search", "help", "terms", "privacy", "trust", "trust.json", "trust.svg",
    "manifest.webmanifest", "sitemap.xml", "robots.txt",
    "favicon.ico", "language", "checkout", "checkout/check", "orders", "lookup", "me", "me/forget", "signin",
    "signin/code", "go-on",
    "signin/password", "signin/passkey/options", "signin/passkey", "signin/with/<slug:provider>",
    "signin/with/<slug:provider>/back", "signout", "healthz", "readyz", "metrics", "demo/messages", "kit",
    "b", "points", "bargain/new", "play/checkout", "flash", "coupons", "coupons/mine",
    # A card is its holder's who shows its code; of the held one the page says whose browser it was shown in.
    "redeem", "redeem/take", "redeem/pay", "redeem/keep", "plans",
    "kit/fragment", "api/v1/openapi.json", "api/v1/", "api/v1/^[\\s\\S]+$",
    # Names are the SHA-256 of what lies there, and what lies there are pictures of shop windows.
    "^media/(?P<path>[0-9a-f]{40}\\.webp)$",
}  # fmt: skip
#: Names a thing of the shop that every visitor of this shop may see, and no visitor of another.
SHELVES = {
    "c/<str:slug>", "s/<str:name>", "p/<str:slug>", "share/p/<str:slug>.png", "a/<slug:slug>", "b/<slug:slug>",
    "b/<slug:slug>/checkout", "plans/<slug:slug>", "plans/<slug:slug>/sign", "group/<uuid:group_id>",
    "bargain/<uuid:bargain_id>",
    "bargain/<uuid:bargain_id>/help", "i/<str:code>", "coupons/<uuid:batch_id>/claim", "coupons/gift/<str:token>",
    "coupons/pack/<uuid:pack_id>", "points/<uuid:reward_id>", "draw/<uuid:draw_id>",
    # Of the asking browser's own coupons, whoever names another one is told that there is none.
    "coupons/<uuid:coupon_id>/gift", "coupons/<uuid:coupon_id>/back",
}  # fmt: skip
#: Below an order number: for its guest with a proof, and for its buyer's account.
ORDER = "o/<order_number:number>"
#: For the account that is signed in; with the kinds of ids that they take.
OWN_THINGS = {
    "me/accounts/<uuid:account_id>/delete", "me/devices/<uuid:session_id>/revoke",
    "me/passkeys/<uuid:passkey_id>/delete", "me/points/mall/<uuid:account_id>",
    "me/cards/<uuid:card_id>", "me/cards/<uuid:card_id>/gift",
    "me/subscriptions/<uuid:subscription_id>",
    "me/subscriptions/<uuid:subscription_id>/pick", "me/subscriptions/<uuid:subscription_id>/change",
    "me/subscriptions/<uuid:subscription_id>/sign", "me/subscriptions/<uuid:subscription_id>/state",
}  # fmt: skip
OWN_WORDS = {"me/contacts/<slug:kind>/delete", "me/links/<slug:provider>", "me/links/<slug:provider>/delete"}
API_THINGS = {
    "api/v1/products/<uuidstr:product_id>", "api/v1/orders/<number>", "api/v1/orders/<number>/cancel",
    "api/v1/orders/<number>/codes", "api/v1/orders/<number>/codes/reveal", "api/v1/orders/<number>/refunds",
    "api/v1/orders/<number>/payments", "api/v1/refunds/<uuidstr:refund_id>",
    "api/v1/orders/<number>/claims", "api/v1/orders/<number>/claims/<uuidstr:claim_id>",
    "api/v1/orders/<number>/claims/<uuidstr:claim_id>/withdraw",
    "api/v1/orders/<number>/claims/<uuidstr:claim_id>/objection",
    "api/v1/orders/<number>/claims/<uuidstr:claim_id>/messages",
    "api/v1/welfare/grants/<uuidstr:grant_id>",
}  # fmt: skip
API_LISTS = {
    "api/v1/products",
    "api/v1/categories",
    "api/v1/stock",
    "api/v1/orders",
    "api/v1/balance",
    "api/v1/balance/entries",
    "api/v1/welfare/grants",
}
PAID = {
    "notify/report/<uuid:shop_id>/<uuid:account_id>/<slug:token>",
    "pay/notify/<uuid:shop_id>/<uuid:account_id>",
    "supply/hook/<slug:token>",
    # A partner in points, by its signature; what of it is another's, its own tests try (partners/tests).
    "partners/<uuid:shop_id>/<uuid:account_id>/<slug:name>",
    "pay/sandbox/<uuid:shop_id>/<str:number>",
}
#: For who came by a link that his app has signed: its own tests try it (storefront/tests/test_mall_pages.py).
MALL = "m/<slug:code>"
#: For whoever has the signed link of a partner: its own tests try it (storefront/tests/test_partner.py).
PARTNER = "partner/<str:token>"
#: For people of a company, and for its employees: their own tests try it (storefront/tests/test_welfare_pages.py).
COMPANY, WELFARE = "company", "welfare"
#: For who made a gift, or opened it, or has its link: their own tests try it (storefront/tests/test_gift_pages.py).
GIFTS = ("gift", "gifts")
DOOR = {"console/signin", "console/signin/second", "console/signin/passkey", "console/language"}
DATA = "console/data/"


def kind_of(route: str) -> str:
    """Whose things it shows; empty where nobody has said so."""
    by_kind = {
        "open": OPEN, "shelves": SHELVES, "own": OWN_THINGS | OWN_WORDS, "api": API_THINGS | API_LISTS, "paid": PAID,
        "door": DOOR,
    }  # fmt: skip
    found = [kind for kind, routes in by_kind.items() if route in routes]
    if route == ORDER or route.startswith(f"{ORDER}/"):
        found.append("order")
    if route == PARTNER or route.startswith(f"{PARTNER}/"):
        found.append("partner")
    if route == MALL or route.startswith(f"{MALL}/"):
        found.append("mall")
    if route.split("/")[0] in GIFTS:
        found.append("gift")
    if route.split("/")[0] in (COMPANY, WELFARE):
        found.append(route.split("/")[0])
    if route.startswith("me/") and "<" not in route and route not in OPEN:
        found.append("own")
    if route.startswith(DATA):
        found.append("data")
    elif hasattr(ROUTES[route].callback, "console_permission"):
        found.append("console")
    return found[0] if len(found) == 1 else ""


def test_every_address_says_whose_things_it_shows(sides: Sides) -> None:
    assert [route for route in ROUTES if not kind_of(route)] == []
    assert len(ROUTES) > 200
    named = OPEN | SHELVES | OWN_THINGS | OWN_WORDS | API_THINGS | API_LISTS | PAID | DOOR
    assert named - set(ROUTES) == set(), "an address that is gone"
    for route, pattern in ROUTES.items():
        if kind_of(route) == "order":
            assert set(pattern.pattern.converters) <= {"number", "claim_id", "picture_id"}, route
        elif kind_of(route) == "console":
            assert set(pattern.pattern.converters) <= set(sides.a.desk), f"{route}: teach things_of its kind of thing"


#: What may differ between two refusals: the form's token, and the id that was asked for.
_TOKEN = re.compile(r'(?:value|content)="[A-Za-z0-9]{64}"')
_PAYLOAD = {
    "secret": "x" * 32, "k": "x", "code": str(uuid4()), "reason": "used", "method": "alipay", "what": "part",
    "amount": "1.00", "note": "x", "text": "x", "rating": "5", "act": "close", "name": "v", "column": "number",
    "query": "", "format": "csv", "password": "x", "value": "x", "label": "x", "reference": "T1",
}  # fmt: skip


def alike(one: tuple[int, str, str], other: tuple[int, str, str], where: Any) -> None:
    """The same answer; if not, the lines that differ."""
    assert one[:2] == other[:2], where
    differ = [pair for pair in zip(one[2].splitlines(), other[2].splitlines(), strict=False) if pair[0] != pair[1]]
    assert differ == [], where
    assert one == other, where


def seen(answer: Any, *asked: Any) -> tuple[int, str, str]:
    """Status, where it leads, and what it says, without what was asked for."""
    text = _TOKEN.sub("", answer.content.decode("utf-8", "replace"))
    to = answer.headers.get("Location", "")
    for word in asked:
        text, to = text.replace(str(word), "?"), to.replace(str(word), "?")
    return answer.status_code, to, text


def refused_alike(client: Client, name: str, real: dict[str, Any], none: dict[str, Any]) -> None:
    """GET and POST of somebody's thing answer like those of a thing that does not exist."""
    there, nowhere = reverse(name, kwargs=real), reverse(name, kwargs=none)
    for method in (client.get, client.post):
        sent = _PAYLOAD if method == client.post else {}
        mine, nobodys = method(there, sent), method(nowhere, sent)
        shown = (200,) if method == client.get else ()
        assert mine.status_code in (302, 401, 403, 404, 405, 422, *shown), (there, mine.status_code)
        alike(seen(mine, *real.values()), seen(nobodys, *none.values()), there)


_serial = itertools.count(1)


def no_such_number() -> str:
    """An order number that nobody has, each time another."""
    return f"G260101ZZZZZZ{next(_serial):04d}"


def attackers_of_orders(sides: Sides) -> dict[str, Client]:
    """Everybody who has nothing to do with the first buyer's order, nor with that of the guest."""
    a, b = sides.a, sides.b
    staff = proved(a.id)
    staff.defaults |= {"HTTP_HOST": a.host, "REMOTE_ADDR": "198.51.10.77"}
    carried = b.browser("198.51.10.78")
    carried.defaults["HTTP_HOST"] = a.host
    carried.cookies = b.first.cookies
    return {
        "another buyer": a.second, "a guest": a.stranger, "a guest with a proof of another order": a.proved_guest,
        "a buyer of the other shop": b.first, "a guest of the other shop": b.stranger,
        "the other shop's cookies at this shop": carried, "the shop's own staff": staff,
    }  # fmt: skip


def claims_of_other_orders(sides: Sides) -> None:
    """A proof of one order is none of the claim of another, even when the number in the address is one's own."""
    a, before = sides.a, digest()
    number = a.shop.placed.number
    for claim_id in (a.claim_id, sides.b.claim_id, a.desk["ticket_id"], uuid4()):
        ids = {"number": number, "claim_id": claim_id}
        for act in ("withdraw", "claim_write", "claim_objection", "claim_rating"):
            answer = a.proved_guest.post(reverse(f"storefront:{act}", kwargs=ids), {"text": "x", "rating": "5"})
            assert answer.status_code == 404, act
        for page in ("claim_progress", "claim_state"):
            assert a.proved_guest.get(reverse(f"storefront:{page}", kwargs=ids)).status_code == 404, page
        shown = a.proved_guest.get(
            reverse("storefront:claim_picture", kwargs={**ids, "picture_id": a.ids["picture_id"]})
        )
        assert shown.status_code == 404
    assert digest() == before


def codes_of_other_orders(sides: Sides) -> None:
    """With one's own order in the address and somebody else's codes in the form."""
    a = sides.a
    pattern = re.compile(r'data-code="([0-9a-f-]{36})"')
    theirs = pattern.findall(a.first.get(f"/o/{a.first_number}").content.decode())
    mine = pattern.findall(a.second.get(f"/o/{a.second_number}").content.decode())
    assert len(theirs) == len(mine) == 1
    before = digest()
    for client, number in ((a.second, a.second_number), (sides.b.first, sides.b.first_number)):
        answer = client.post(f"/o/{number}/reveal", {"code": theirs}, headers=FETCH)
        assert answer.status_code == 404, answer.content
    assert digest() == before


@pytest.mark.usefixtures("open_doors")
def test_orders_of_others_do_not_exist(sides: Sides) -> None:
    a = sides.a
    routes = [route for route in ROUTES if kind_of(route) == "order"]
    assert len(routes) >= 11
    numbers = {"buyer's": a.first_number, "guest's": a.guest.number, "client's": a.shop.delivered.number}
    secrets = [a.guest.secret, a.shop.placed.secret]
    for who, client in attackers_of_orders(sides).items():
        before = digest()
        for route in routes:
            name = f"storefront:{ROUTES[route].name}"
            for number in numbers.values():
                real: dict[str, Any] = {"number": number}
                none: dict[str, Any] = {"number": no_such_number()}
                if "claim_id" in route:
                    real["claim_id"], none["claim_id"] = a.claim_id, uuid4()
                if "picture_id" in route:
                    real["picture_id"], none["picture_id"] = a.ids["picture_id"], uuid4()
                refused_alike(client, name, real, none)
        for path in ("/orders", "/me", "/me/claim", "/me/data"):
            page = client.get(path).content.decode()
            assert not [number for number in numbers.values() if number in page], (who, path)
            assert not [secret for secret in secrets if secret in page], (who, path)
        assert digest() == before, who
    claims_of_other_orders(sides)
    codes_of_other_orders(sides)
    # And to those whose they are they do exist.
    assert a.first_number in a.first.get(f"/o/{a.first_number}").content.decode()


def test_statements_of_partners_need_their_link(sides: Sides) -> None:
    """Nobody of the shop, and no buyer, has one by being who they are."""
    routes, clients = [route for route in ROUTES if kind_of(route) == "partner"], attackers_of_orders(sides)
    assert len(routes) == 5
    before = digest()
    ids = {"token": "x" * 60, "statement_id": uuid4(), "kind": "pdf"}
    for who, client in clients.items():
        for route in routes:
            path = filled(route, ids)
            answers = {client.get(path).status_code, client.post(path, {"reason": "x"}).status_code}
            assert answers <= {403, 405}, (who, route)
            assert 403 in answers, (who, route)
    assert digest() == before


def test_malls_let_in_who_was_sent(sides: Sides) -> None:
    """Being somebody of the shop's, or a buyer, is no way in: only a signed link of the partner's is."""
    routes, clients = [route for route in ROUTES if kind_of(route) == "mall"], attackers_of_orders(sides)
    assert len(routes) == 4
    before = digest()
    for who, client in clients.items():
        for route in routes:
            path = filled(route, {"code": "xinghe", "number": "M1"})
            answers = {client.get(path).status_code, client.post(path, {"key": "x"}).status_code}
            assert answers <= {403, 405}, (who, route)
            assert 403 in answers, (who, route)
    after = digest()
    # Whoever tries links is counted.
    assert {name for name in after if after[name] != before.get(name)} <= {"storefront_attempt"}


def test_companies_need_their_own_session_and_employees_their_account(sides: Sides) -> None:
    """Nobody of the shop, and no buyer, looks after a company by being who they are."""
    clients, before = attackers_of_orders(sides), digest()
    routes = [route for route in ROUTES if kind_of(route) in (COMPANY, WELFARE) and not route.startswith("company/in")]
    assert len(routes) >= 20
    names = ("employee_id", "grant_id", "prepayment_id")
    ids = {**dict.fromkeys(names, uuid4()), **sides.a.desk, "token": "x" * 60, "kind": "pdf"}
    for who, client in clients.items():
        for route in routes:
            path = filled(route, ids)
            for answer in (client.get(path), client.post(path, {"contact": "x", "act": "drop"})):
                where = (who, route, answer.status_code)
                if answer.status_code == 302:
                    assert answer["Location"].split("?")[0] in ("/company/in", "/signin", "/welfare"), where
                else:
                    own = route in (WELFARE, "welfare/join") and answer.status_code in (200, 422)
                    assert own or answer.status_code in (404, 405), where
    after = digest()
    for counted in ("storefront_attempt",):
        before.pop(counted, None)
        after.pop(counted, None)
    assert after == before


def test_shelves_of_another_shop_do_not_exist(sides: Sides) -> None:
    a, b, before = sides.a, sides.b, digest()
    for client in (b.first, b.stranger):
        for path, kind in (("/p/{}", a.hidden_slug), ("/share/p/{}.png", a.hidden_slug), ("/s/{}", a.hidden_slug),
                           ("/c/{}", f"shelf-{a.hidden_slug}"), ("/search?q={}", a.hidden_slug)):  # fmt: skip
            mine, nobodys = client.get(path.format(kind)), client.get(path.format("only-zzz"))
            alike(seen(mine, kind), seen(nobodys, "only-zzz"), path)
            assert f"Only {a.hidden_slug}" not in mine.content.decode("utf-8", "replace")
        for sku in (a.hidden_sku, uuid4()):
            for slug in (a.hidden_slug, "kuwan-coin"):
                form = {"p": slug, "sku": str(sku), "qty": "1", "method": "alipay"}
                assert client.get("/checkout", form).status_code == 404
                assert client.post("/checkout", form).status_code == 404
    assert a.stranger.get(f"/p/{a.hidden_slug}").status_code == 200
    assert digest() == before


def test_things_of_an_account_do_not_exist_for_others(sides: Sides) -> None:
    a, b = sides.a, sides.b
    staff = proved(a.id)
    staff.defaults["HTTP_HOST"] = a.host
    people = {"another buyer": a.second, "a guest": a.stranger, "staff": staff, "another shop": b.first}
    for who, client in people.items():
        before = digest()
        for route in OWN_THINGS:
            (name,) = ROUTES[route].pattern.converters
            address = f"storefront:{ROUTES[route].name}"
            refused_alike(client, address, {name: a.ids[name]}, {name: uuid4()})
        assert digest() == before, who
    # Without a session no address of an account answers at all.
    before = digest()
    for route in (route for route in ROUTES if kind_of(route) == "own" and route not in OWN_THINGS):
        path = "/" + route.replace("<slug:kind>", "email").replace("<slug:provider>", "weixin")
        for method in (a.stranger.get, a.stranger.post):
            answer = method(path, {"back": "/me"})
            assert answer.status_code in (302, 405), path
            assert answer.status_code == 405 or answer["Location"].startswith("/signin"), path
    assert digest() == before


def nothing_like(thing: Any) -> Any:
    """An id of the same form that nothing has."""
    return no_such_number() if isinstance(thing, str) else 99**4 if isinstance(thing, int) else uuid4()


def console_addresses(side: Side) -> list[tuple[list[str], list[str]]]:
    """Every address of the console that names a thing: for a thing of this shop, and for none."""
    real = {**side.desk, "number": side.first_number}
    found = []
    for route, pattern in ROUTES.items():
        # A kind is no thing: every shop has it.
        names = set(pattern.pattern.converters) - {"kind", "play"}
        if kind_of(route) == "console" and names:
            mine = {name: real[name] for name in names} | (
                {"number": side.ids["payment"]} if pattern.name == "payment" else {}
            )
            page, theirs = f"desk:{pattern.name}", {name: nothing_like(real[name]) for name in names}
            kind = {"kind": "text"} if "kind" in pattern.pattern.converters else {}
            # The address first: it may stand in a form that leads back.
            found.append(
                ([reverse(page, kwargs=mine | kind), *map(str, mine.values())],
                 [reverse(page, kwargs=theirs | kind), *map(str, theirs.values())])
            )  # fmt: skip
    return found


#: Who may most at home could reach furthest; the other roles walk with the soak.
OWNER_FIRST = [pytest.param(role, marks=() if role == Role.OWNER else pytest.mark.soak) for role in Role]


@pytest.mark.parametrize("role", OWNER_FIRST)
def test_things_of_a_shop_do_not_exist_for_the_staff_of_another(sides: Sides, role: Role) -> None:
    """Every role of the other shop, after a fresh proof."""
    addresses = console_addresses(sides.a)
    assert len(addresses) >= 35
    client = proved(sides.b.id, role)
    before = digest()
    for mine, nobodys in addresses:
        for method in (client.get, client.post):
            sent = _PAYLOAD if method == client.post else {}
            one, other = method(mine[0], sent), method(nobodys[0], sent)
            assert one.status_code in (403, 404, 405), (role, mine[0], one.status_code)
            alike(seen(one, *long(mine)), seen(other, *long(nobodys)), (role, mine[0]))
    for path in ("orders/", "payments/", "cases/", "buyers/", "ledger/", "exports/", "batches/"):
        page = client.get(f"/console/{path}").content.decode()
        assert sides.a.first_number not in page
        assert str(sides.a.ids["payment"]) not in page
        assert "first@aaa.example" not in page
    assert digest() == before, role


def long(words: list[str]) -> list[str]:
    """Without short numbers, which stand in a page for other reasons."""
    return [word for word in words if len(word) > 6]


def test_the_console_is_for_staff(sides: Sides) -> None:
    """Buyers, guests and API clients: led to the door, or refused, at every address of the console."""
    a, before = sides.a, digest()
    key = {"Authorization": f"Bearer {a.shop.demo.api_key}"}
    people: list[tuple[Client, dict[str, str]]] = [(a.first, {}), (a.stranger, {}), (a.proved_guest, key)]
    for client, headers in people:
        for route in ROUTES:
            if kind_of(route) not in ("console", "data") or "(" in route or "<path" in route:
                continue
            path = filled(route, {**a.ids, **a.desk, "number": a.first_number})
            answer = client.get(path, headers=headers)
            if route.startswith(DATA):
                assert answer.status_code in (302, 404), path
            else:
                assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/console/signin"), path
                assert client.post(path, _PAYLOAD, headers=headers).status_code == 403, path
    assert digest() == before


def test_the_data_browser_shows_one_shop(sides: Sides) -> None:
    """Every row of every table of the data browser, by an owner of the other shop and by people who are no owners."""
    from_a, from_b, viewer = proved(sides.a.id), proved(sides.b.id), proved(sides.a.id, Role.FINANCE)
    changed, before = 0, digest()
    for route, pattern in ROUTES.items():
        if not route.startswith(DATA) or not str(pattern.name or "").endswith("_changelist"):
            continue
        listed = from_a.get(f"/{route}")
        assert listed.status_code == 200, route
        rows = set(re.findall(rf'href="(/{re.escape(route)}[^"?/]+/change/)', listed.content.decode()))
        for address in sorted(rows)[:3]:
            changed += 1
            assert from_a.get(address).status_code == 200
            for client in (from_b, viewer, sides.a.first):
                assert client.get(address).status_code in (302, 403, 404), address
                assert client.post(address, {"name": "x"}).status_code in (302, 403, 404), address
            for act in ("delete", "history"):
                assert from_b.get(address.replace("change", act)).status_code in (302, 403, 404)
            assert from_a.post(address.replace("change", "delete"), {"post": "yes"}).status_code in (302, 403, 404, 405)
            assert from_a.post(address, {"name": "x"}).status_code in (403, 404, 405), address
    assert changed >= 8
    assert digest() == before


#: What some addresses need before they look for the thing, by the last word of the address.
_BODIES = {"claims": b'{"reason": "used"}', "objection": b'{"text": "x"}', "messages": b'{"text": "x"}'}


def ask(method: str, path: str, key: str, host: str) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if method == "POST":
        headers["Idempotency-Key"] = uuid4().hex
    client = Client(HTTP_HOST=host)
    body = _BODIES.get(path.rpartition("/")[2], b"{}") if method == "POST" else b""
    return client.generic(method, path, body, "application/json", headers=headers)


def test_things_of_a_client_do_not_exist_for_others(sides: Sides) -> None:
    """Other clients of the shop, the other shop's client, each scope alone, no key, and people's cookies."""
    a, b = sides.a, sides.b
    none = {
        "product_id": uuid4(), "refund_id": uuid4(), "claim_id": uuid4(), "number": no_such_number(),
        "grant_id": uuid4(),
    }  # fmt: skip
    keys = {
        "another client": api_key(a.id, *ALL_SCOPES), "the other shop": b.shop.demo.api_key, "no key": "",
        "a broken key": a.shop.demo.api_key[:-2] + "xx",
        **{f"only {scope}": api_key(a.id, scope) for scope in ALL_SCOPES},
    }  # fmt: skip
    people = (a.first, proved(a.id))
    # When a key was last used is written once a minute: not of interest here.
    for key in keys.values():
        ask("GET", "/api/v1/balance", key, a.host)
    before = digest()
    before.pop("identity_api_client")
    numbers, whole = (a.shop.delivered.number, a.first_number), ("another client", "the other shop")
    for who, key in keys.items():
        for route in API_THINGS:
            for number in numbers if who in whole else numbers[:1]:
                real = {
                    "product_id": a.hidden_product, "refund_id": a.ids["refund_id"],
                    "claim_id": a.desk["ticket_id"], "number": number, "grant_id": a.desk["welfare_grant_id"],
                }  # fmt: skip
                paths = [filled(route, ids) for ids in (real, none)]
                for method in ("GET", "POST"):
                    mine = ask(method, paths[0], key, a.host)
                    if "product_id" in route and method == "GET" and mine.status_code == 200:
                        assert who in ("another client", f"only {Scope.PRODUCTS_READ}"), who
                        continue
                    assert mine.status_code in (401, 403, 404, 405), (who, paths[0], mine.status_code)
                    if who in whole:
                        nobodys, marks = ask(method, paths[1], key, a.host), (*real.values(), *none.values())
                        alike(seen(mine, *marks), seen(nobodys, *marks), (who, paths[0]))
        for route in API_LISTS - {"api/v1/stock"} if who in whole else ():
            listed = ask("GET", f"/{route}", key, a.host)
            assert a.shop.delivered.number not in listed.content.decode(), (who, route)
    for client in people:
        for route in API_THINGS | API_LISTS:
            path = filled(route, {**a.ids, **a.desk, "number": a.first_number})
            assert client.get(path).status_code == 401 or "POST" in client.get(path).get("Allow", ""), path
    key_at_other_hosts(sides)
    after = digest()
    after.pop("identity_api_client")
    assert after == before


def key_at_other_hosts(sides: Sides) -> None:
    """At whichever host: a key names its shop, and the host adds nothing to it."""
    for host in (sides.a.host, sides.b.host):
        listed = ask("GET", "/api/v1/products?limit=100", sides.b.shop.demo.api_key, host).content.decode()
        assert "Only only-aaa" not in listed
        assert str(sides.a.hidden_sku) not in listed


def test_callbacks_reach_their_own_account_only(sides: Sides) -> None:
    a, b, before = sides.a, sides.b, digest()
    before.pop("payments_inbox")
    body = {"number": a.ids["payment"], "trade_status": "TRADE_SUCCESS", "money": "0.01", "sign": "x"}
    wrong = ((b.id, a.till.account_id), (a.id, b.till.account_id), (a.id, uuid4()), (uuid4(), uuid4()))
    for shop_id, account_id in wrong:
        for method in (a.stranger.get, a.stranger.post):
            answer = method(f"/pay/notify/{shop_id}/{account_id}", body)
            assert 400 <= answer.status_code < 500, answer.status_code
            assert b"success" not in answer.content
            assert method(f"/partners/{shop_id}/{account_id}/notice", body).status_code == 403
    assert a.stranger.post(f"/pay/sandbox/{b.id}/{a.ids['payment']}").status_code == 409
    assert a.stranger.post(f"/pay/sandbox/{uuid4()}/{a.ids['payment']}").status_code == 409
    after = digest()
    after.pop("payments_inbox")
    assert after == before


def test_pictures_are_named_by_what_they_are(transactional_db: None) -> None:
    """Nothing beside pictures is served from there, however the way is written."""
    (settings.MEDIA_ROOT.parent / "secret.webp").write_bytes(b"secret")
    for path in ("../secret.webp", "..%2fsecret.webp", "....//secret.webp", "/etc/passwd", "%2fetc%2fpasswd", "x.webp",
                 "0" * 40 + ".webp%00.png", "0" * 40 + ".webp/../../secret.webp", "0" * 40 + ".svg", ""):  # fmt: skip
        assert Client().get(f"/media/{path}").status_code == 404, path
