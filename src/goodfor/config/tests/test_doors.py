"""What a browser may be made to do: forged forms, planted sessions, ways out of the shop, false hosts, framed pages.

Walks every address of the resolver, so that a new page is asked too.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.test import Client

from goodfor.config.tests.everybody import ALL_SCOPES, Side, Sides, all_routes, api_key, digest, filled
from goodfor.config.tests.test_idor import kind_of
from goodfor.console.tests.conftest import Shop, make
from goodfor.console.tests.helpers import PASSWORD, Person, by_link, person, proved, sql
from goodfor.identity.operations.set_oauth_app import set_oauth_app
from goodfor.identity.roles import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import together
from goodfor.storefront.tests.account_flow import AGENT, Mailbox, prove, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
ROUTES = all_routes()
#: No browser's form is ever meant for these: keys and signatures say who is asking, and cookies say nothing.
WITHOUT_FORMS = {"api", "paid"}
PRIVATE = {"order", "own", "partner", "console", "data", "door"}


def address_of(route: str, side: Side) -> str:
    """The address, of a thing that is there where it names one."""
    others = ("card_id", "reward_id", "draw_id", "account_id", "employee_id", "grant_id", "prepayment_id")
    values = {
        **dict.fromkeys(others, side.id),
        "statement_id": side.id,
        **side.desk,
        **side.ids,
        "token": "x" * 32,
        "number": side.first_number,
        "slug": "kuwan-coin",
        "name": side.hidden_slug,
        "kind": "email",
        "provider": "weixin",
        "shop_id": side.id,
        "object_id": "1",
        "content_type_id": "1",
        "path": "0" * 40 + ".webp",
        "url": "x",
        "app_label": "orders",
        "group_id": side.id,
        "bargain_id": side.id,
        "coupon_id": side.id,
        "secret": "x" * 32,
        "code": "ABCD2345",
    }
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "").replace("[\\s\\S]+", "x")
    if "payments/<" in route:
        values["number"] = side.ids["payment"]
    return filled(route, values)


def at(side: Side, client: Client) -> Client:
    """The same browser, at this shop."""
    client.defaults["HTTP_HOST"] = side.host
    return client


# -- forged forms -----------------------------------------------------------------------------------


MAIL_PREVIEW = "console/messages/templates/preview"


def test_every_form_needs_its_token(sides: Sides) -> None:
    """Every address, with the cookies of a buyer and of an owner: refused, and nothing changes."""
    a, owner = sides.a, proved(sides.a.id)
    before, tried = digest(), 0
    for route in ROUTES:
        if kind_of(route) in WITHOUT_FORMS - {"paid"} or route.startswith(
            ("api/", "pay/notify/", "notify/report/", "supply/hook/", "partners/")
        ):
            continue
        of_staff = kind_of(route) in ("console", "data", "door")
        strict = Client(enforce_csrf_checks=True, HTTP_HOST=a.host, REMOTE_ADDR="198.51.10.99")
        strict.cookies = owner.cookies if of_staff else a.first.cookies
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = strict.post(address_of(route, a), {"csrfmiddlewaretoken": "x" * 64}, headers=headers)
            assert answer.status_code == 403, (route, answer.status_code)
            tried += 1
    assert tried > 500
    assert digest() == before


def test_a_good_token_from_elsewhere_is_refused(sides: Sides) -> None:
    a = sides.a
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=a.host, HTTP_USER_AGENT=AGENT)
    strict.cookies = a.first.cookies
    page = strict.get("/me/accounts").content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    before, sent = digest(), {"label": "x", "value": "y", "csrfmiddlewaretoken": token}
    for origin in (
        "https://evil.example",
        "null",
        "http://b.example",
        "http://a.example.evil.example",
        "http://a.example:81",
    ):
        assert strict.post("/me/accounts", sent, headers={"Origin": origin}).status_code == 403, origin
    assert digest() == before
    assert strict.post("/me/accounts", sent, headers={"Origin": "http://a.example"}).status_code == 302


# -- planted sessions -------------------------------------------------------------------------------


def test_a_planted_session_of_staff_is_no_way_in(sides: Sides) -> None:
    """By password and app: the key changes at each step, and what was known before opens nothing."""
    one = person(sides.a.id, password=True, app=True)
    client, keys = Client(), []
    client.get("/console/signin")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    keys.append(session.session_key)
    client.post("/console/signin", {"username": one.staff.username, "password": PASSWORD})
    keys.append(client.session.session_key)
    assert client.post("/console/signin/second", {"code": one.code()}).status_code == 302
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert "planted" not in client.session
    assert client.get("/console/").status_code == 200
    for key in keys[:2]:
        thief = Client()
        thief.cookies["sessionid"] = str(key)
        assert thief.get("/console/").status_code == 302
    client.post("/console/signout")
    thief.cookies["sessionid"] = str(keys[2])
    assert thief.get("/console/").status_code == 302


def test_a_planted_session_of_a_buyer_is_no_way_in(sides: Sides, box: Mailbox) -> None:
    """The attacker's own cookie in the victim's browser: the victim gets another, and the attacker's is over."""
    a, victim = sides.a, sides.a.browser("198.51.10.66")
    planted = a.second.cookies["gf_session"].value
    victim.cookies["gf_session"] = planted
    sign_in(victim, box, "victim@example.com")
    assert victim.cookies["gf_session"].value != planted
    thief = a.browser("198.51.10.67")
    thief.cookies["gf_session"] = planted
    assert thief.get("/me/security").status_code == 302
    proved_before = victim.cookies["gf_session"].value
    prove(victim, box)
    assert victim.cookies["gf_session"].value != proved_before
    thief.cookies["gf_session"] = proved_before
    assert thief.get("/me/security").status_code == 302
    assert victim.get("/me/security").status_code == 200


# -- ways out of the shop ---------------------------------------------------------------------------

BAD = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "HTTPS://evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/\r\n/evil.example",
    "/x\r\nSet-Cookie: evil=1",
    "/x\r\n\r\n<script>evil</script>",
    "javascript:evil",
    "data:text/html,evil",
    "java\tscript:evil",
    "@evil.example",
    "user:pass@evil.example",
    "//evil.example/console/",
    "/\\evil.example/console/",
    "https://a.example@evil.example/console/",
    "//evil\u3002example",
    "/console/\r\nX-Evil: 1",
    "//[::1]/evil",
    "\x00//evil.example",
]


def stays(answer: Any, host: str) -> None:
    """The browser, which forgives tabs, line ends and backslashes, stays at this host."""
    to = answer.headers.get("Location", "")
    assert not re.search(r"[\r\n]", to)
    assert "evil" not in answer.cookies
    assert "X-Evil" not in answer.headers
    as_read = re.sub(r"[\t\r\n]", "", to).strip("\x00 ").replace("\\", "/")
    parts = urlsplit(urljoin(f"http://{host}/a/b", as_read))
    assert (parts.scheme, parts.netloc) == ("http", host), to
    for names in parse_qs(parts.query).get("next", []):
        inner = urlsplit(urljoin(f"http://{host}/a/b", re.sub(r"[\t\r\n]", "", names).strip().replace("\\", "/")))
        assert inner.netloc == host, names


def test_no_address_leads_out_of_the_shop(sides: Sides) -> None:
    a = sides.a
    for bad in BAD:
        answers = [
            a.first.get("/signin", {"next": bad}),
            a.first.post("/language", {"language": "en", "next": bad}),
            a.stranger.post("/me/profile", {"back": bad}),
            a.stranger.post("/me/security/password", {"back": bad}),
            a.stranger.post("/me/claim", {"back": bad, "next": bad}),
        ]
        for answer in answers:
            assert answer.status_code == 302, bad
            stays(answer, a.host)
        for page in (
            a.stranger.get("/signin", {"next": bad}),
            a.first.get("/me/prove", {"next": bad}),
            a.stranger.post("/signin", {"contact": "x@example.com", "way": "password", "next": bad}),
        ):
            fields = re.findall(r'name="next" value="([^"]*)"', page.content.decode())
            assert all(field == "" or re.match(r"/(?![/\\])", field) for field in fields), bad


def test_no_address_leads_out_of_the_console(sides: Sides) -> None:
    one = person(sides.a.id, Role.SUPPORT, password=True)
    client = by_link(one)
    for bad in BAD:
        answers = [
            client.post("/console/language", {"language": "en", "next": bad}),
            client.post("/console/prove", {"password": PASSWORD, "next": bad}),
            Client().post("/console/signin", {"username": one.staff.username, "password": PASSWORD, "next": bad}),
        ]
        for answer in answers:
            assert answer.status_code == 302, bad
            stays(answer, "testserver")
            assert answer.headers["Location"].startswith("/console/"), bad
        page = Client().get("/console/signin", {"next": bad}).content.decode()
        assert all(field.startswith("/console/") for field in re.findall(r'name="next" value="([^"]*)"', page)), bad


# -- false hosts ------------------------------------------------------------------------------------

FALSE_HOSTS = [
    "evil.example",
    "a.example.evil.example",
    "a.example@evil.example",
    "evil.example#a.example",
    "a.example/evil",
    "evil.example\ta.example",
    "[::1]",
    "127.0.0.1.evil.example",
    "",
]
SAID_HOSTS = {
    "X-Forwarded-Host": "evil.example",
    "X-Host": "evil.example",
    "X-Original-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "Forwarded": "host=evil.example",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
}


def test_other_hosts_are_refused(sides: Sides) -> None:
    for host in FALSE_HOSTS[:-1]:
        for path in ("/", "/signin", "/sitemap.xml", "/share/p/kuwan-coin.png", "/console/signin"):
            answer = Client(HTTP_HOST=host).get(path)
            assert answer.status_code == 400, (host, path)
            assert b"evil" not in answer.content
    before = digest()
    assert (
        Client(HTTP_HOST="evil.example").post("/signin", {"contact": "x@example.com", "way": "code"}).status_code == 400
    )
    assert digest() == before


def test_nothing_is_built_on_what_a_header_says(sides: Sides, box: Mailbox) -> None:
    """Pages, slips, mails, the way to a provider and back, and what a payment channel is told."""
    a = sides.a
    set_oauth_app(
        shop_id=a.id, provider="weixin", label="微信", client_id="wx1", secret="s", actor="test", now=utc_now()
    )
    guest = a.browser("198.51.10.90")
    sku = str(a.shop.demo.skus["kw-50"])
    done = guest.post("/checkout", {"p": "kuwan-coin", "sku": sku, "qty": "1", "method": "alipay"}, headers=SAID_HOSTS)
    number = done["Location"].split("/")[2]
    asked = guest.post("/signin", {"contact": "x@example.com", "way": "code"}, headers=SAID_HOSTS)
    away = guest.post("/signin/with/weixin", headers=SAID_HOSTS)
    assert "a.example" in away.content.decode()
    pages = [
        done,
        asked,
        away,
        *(
            guest.get(path, headers=SAID_HOSTS)
            for path in (
                "/",
                "/p/kuwan-coin",
                "/sitemap.xml",
                "/robots.txt",
                "/manifest.webmanifest",
                f"/o/{number}",
                f"/o/{number}/pay?go=1",
                f"/o/{number}/receipt",
                "/orders",
                "/me",
                "/console/signin",
            )
        ),
    ]
    for answer in pages:
        assert b"evil" not in answer.content, answer.request["PATH_INFO"]
        assert "evil" not in str(dict(answer.headers)), answer.request["PATH_INFO"]
    assert "evil" not in str(box.sent)
    (told,) = sql(
        "SELECT request::text || coalesce(instruction::text, '') FROM payments_payment WHERE source_id ="
        " (SELECT id FROM orders_order WHERE number = %s)",
        [number],
    )[0]
    assert "http://a.example/" in told
    assert "evil" not in told


# -- what every answer says to the browser ----------------------------------------------------------


def everything_opened(sides: Sides, box: Mailbox) -> Iterator[tuple[str, Any]]:
    """Every address, opened by those whom it is for and by those whom it is not."""
    a = sides.a
    prove(a.first, box)
    owner, guest = at(a, proved(a.id)), a.browser("198.51.10.91")
    key = {"Authorization": f"Bearer {api_key(a.id, *ALL_SCOPES)}"}
    for route in ROUTES:
        path = address_of(route, a)
        if kind_of(route) == "api" or route.startswith("api/"):
            yield route, guest.get(path, headers=key)
            yield route, guest.get(path)
            continue
        for client in (owner, a.first, guest):
            # Signing out comes last.
            yield route, client.get(path)
        if "signout" not in route and "shop" not in route:
            yield route, guest.post(path)
    yield "nowhere", guest.get("/nowhere")
    yield "nowhere", owner.get("/console/nowhere")


def test_every_answer_is_guarded(sides: Sides, box: Mailbox) -> None:
    """CSP, framing, sniffing, referrers and caches, and the flags of every cookie."""
    pages, found = 0, set()
    for route, answer in everything_opened(sides, box):
        kind, headers = kind_of(route) if route in ROUTES else "", answer.headers
        where = (route, answer.status_code, answer.request["REQUEST_METHOD"])
        # A provider of sign-ins that is not set up is 503.
        assert answer.status_code < 500 or (answer.status_code, "signin/with" in route) == (503, True), where
        for name, cookie in answer.cookies.items():
            assert cookie["httponly"] or not cookie.value, (where, name)
            assert cookie["samesite"] in ("Lax", "Strict"), (where, name)
            found.add(name)
        if route in ("kit", "kit/fragment") or route.startswith(("pay/notify", "supply/hook", "partners/")):
            continue
        assert headers.get("X-Content-Type-Options") == "nosniff", where
        if kind == "data" and answer.status_code == 404:
            # The shop's own page for what is not there.
            kind = ""
        if answer.content and (kind in PRIVATE or (kind == "api" and answer.status_code == 200)):
            assert "no-store" in headers.get("Cache-Control", ""), where
        if not headers.get("Content-Type", "").startswith("text/html") or not answer.content:
            continue
        pages += 1
        policy = headers.get("Content-Security-Policy", "")
        assert "base-uri 'none'" in policy, where
        if route == MAIL_PREVIEW:
            # A mail as its reader sees it, with its own styles: in a frame of the console, without any script or form.
            assert policy.endswith("sandbox"), where
            assert "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'" in policy
            assert "frame-ancestors 'self'" in policy, where
            continue
        assert "frame-ancestors 'none'" in policy, where
        assert "form-action 'self'" in policy, where
        assert "unsafe" not in policy or kind == "data", where
        assert "*" not in policy.replace("img-src *", "*"), where
        assert headers.get("X-Frame-Options") == "DENY", where
        assert headers.get("Referrer-Policy") in ("same-origin", "no-referrer"), where
    assert pages > 120
    assert {"csrftoken", "sessionid"} & found


def test_cookies_are_for_https_where_the_shop_is(sides: Sides, box: Mailbox, settings: Any) -> None:
    settings.GOODFOR_PUBLIC_URL = "https://a.example"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    a, client, staff = sides.a, sides.a.browser("198.51.10.92"), Client()
    one, sku = person(a.id, password=True, app=True), str(a.shop.demo.skus["kw-50"])
    answers = [
        client.get("/signin", secure=True),
        client.post("/signin", {"contact": "s@example.com", "way": "code"}, secure=True),
        client.post("/signin/code", {"code": box.code}, secure=True),
        client.post("/language", {"language": "en"}, secure=True),
        client.post("/checkout", {"p": "kuwan-coin", "sku": sku, "qty": "1", "method": "alipay"}, secure=True),
        staff.post("/console/signin", {"username": one.staff.username, "password": PASSWORD}, secure=True),
        staff.post("/console/signin/second", {"code": one.code()}, secure=True),
        staff.post("/console/language", {"language": "en"}, secure=True),
    ]
    names = set()
    for answer in answers:
        for name, cookie in answer.cookies.items():
            if cookie.value:
                assert cookie["secure"], name
                names.add(name)
    assert names >= {
        "gf_session",
        "gf_device",
        "gf_code",
        "gf_orders",
        "gf_key",
        "gf_lang",
        "sessionid",
        "gf_desk_browser",
    }


NAME = re.compile(r'attachment; filename="[A-Za-z0-9._-]{1,80}"')


def test_names_of_downloads_are_plain(sides: Sides, box: Mailbox) -> None:
    a = sides.a
    prove(a.first, box)
    for kind in ("txt", "csv", 'x"\r\nX-Evil: 1', "../../x", ""):
        answer = a.first.post(f"/o/{a.first_number}/download", {"format": kind})
        assert NAME.fullmatch(answer.headers["Content-Disposition"]), kind
        assert "X-Evil" not in answer.headers
    assert NAME.fullmatch(a.first.post("/me/data/export", {}).headers["Content-Disposition"])


# -- guesses ----------------------------------------------------------------------------------------

MANY, ALLOWED = 50, 5
WRONG = "two-wrong-words-77"


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return make("demo")


def codes_of(answers: list[Any]) -> dict[int, int]:
    return {status: answers.count(status) for status in set(answers)}


def known(one: Person) -> Client:
    """A browser in which they came in before."""
    client = Client(REMOTE_ADDR="203.0.113.5")
    by_link(one, client)
    client.post("/console/signout")
    return client


def test_fifty_guesses_at_once_at_a_password_of_staff(shop: Shop) -> None:
    """From fifty addresses; the owner's own browser comes in all the same, and a new one waits."""
    one = person(shop.id, Role.SUPPORT, password=True)
    mine = known(one)

    def guess(number: int) -> int:
        client = Client(REMOTE_ADDR=f"203.0.{number}.9")
        return client.post("/console/signin", {"username": one.staff.username, "password": WRONG}).status_code

    assert codes_of(together(guess, MANY)) == {401: ALLOWED, 429: MANY - ALLOWED}
    right = {"username": one.staff.username, "password": PASSWORD}
    assert Client(REMOTE_ADDR="203.0.113.99").post("/console/signin", right).status_code == 429
    assert mine.post("/console/signin", right).status_code == 302


def test_a_known_browser_of_staff_has_five_guesses_and_no_more(shop: Shop) -> None:
    one, other = (person(shop.id, Role.SUPPORT, password=True) for _ in range(2))
    mine = known(one)

    def guess(_number: int) -> int:
        client = Client(REMOTE_ADDR="203.0.113.5")
        client.cookies["gf_desk_browser"] = mine.cookies["gf_desk_browser"].value
        return client.post("/console/signin", {"username": one.staff.username, "password": WRONG}).status_code

    assert codes_of(together(guess, 20)) == {401: ALLOWED, 429: 20 - ALLOWED}
    # It is known for one name only, and what is not signed is not known.
    for name, cookie in ((other.staff.username, mine.cookies["gf_desk_browser"].value), (one.staff.username, "forged")):
        sql("DELETE FROM console_tries")
        stranger = Client(REMOTE_ADDR="203.0.113.6")
        stranger.cookies["gf_desk_browser"] = cookie
        stranger.post("/console/signin", {"username": name, "password": WRONG})
        assert sorted(sql("SELECT scope FROM console_tries")) == [("account",), ("address",)]


def test_fifty_guesses_at_once_at_an_app_s_code(shop: Shop) -> None:
    one = person(shop.id, password=True, app=True)

    def guess(number: int) -> int:
        client = Client(REMOTE_ADDR=f"203.0.{number}.9")
        session = client.session
        session["console_pending"] = {"user": one.staff.user_id, "at": utc_now().timestamp()}
        session.save()
        client.cookies["sessionid"] = str(session.session_key)
        return client.post("/console/signin/second", {"code": "000000"}).status_code

    assert codes_of(together(guess, MANY)) == {401: ALLOWED, 429: MANY - ALLOWED}


def test_guesses_of_one_household_are_one_address(shop: Shop) -> None:
    """A /64 of IPv6 is one address; the IPv4 addresses in one of their own are many."""
    people = [person(shop.id, Role.SUPPORT, password=True).staff.username for _ in range(7)]

    def guess(name: str, address: str) -> int:
        return Client(REMOTE_ADDR=address).post("/console/signin", {"username": name, "password": WRONG}).status_code

    assert [guess(name, f"2001:db8::{i:x}") for i, name in enumerate(people)] == [401] * 5 + [429] * 2
    sql("DELETE FROM console_tries")
    assert [guess(name, f"::ffff:203.0.113.{i}") for i, name in enumerate(people)] == [401] * 7


def test_fifty_guesses_at_once_at_a_buyers_password_and_code(sides: Sides, box: Mailbox) -> None:
    """From fifty addresses; the buyer's own browser comes in all the same."""
    a = sides.a
    prove(a.first, box)
    new = "湖边 纸飞机 吵闹 rhubarb"
    assert a.first.post("/me/security/password", {"password": new}).status_code == 302
    waiting = a.browser("203.0.113.1")
    waiting.post("/signin", {"contact": "second@aaa.example", "way": "code"})

    def by_password(number: int) -> int:
        sent = {"contact": "first@aaa.example", "password": WRONG}
        return a.browser(f"203.0.{number}.7").post("/signin/password", sent).status_code

    def by_code(number: int) -> int:
        client = a.browser(f"203.1.{number}.7")
        client.cookies["gf_code"] = waiting.cookies["gf_code"].value
        return client.post("/signin/code", {"code": box.wrong}).status_code

    for guess in (by_password, by_code):
        answers = codes_of(together(guess, MANY))
        assert answers.pop(429) >= MANY - ALLOWED
        assert sum(answers.values()) <= ALLOWED
        assert not [status for status in answers if status < 400 or status >= 500]
    a.first.post("/signout")
    assert (
        a.browser("203.2.0.1").post("/signin/password", {"contact": "first@aaa.example", "password": new}).status_code
        == 429
    )
    assert a.first.post("/signin/password", {"contact": "first@aaa.example", "password": new}).status_code == 302
