"""Who may open what: every address of the console, every role, another shop, a guest. Refused means nothing changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from goodfor.console import frame, urls
from goodfor.console.tests.conftest import Shop, make
from goodfor.console.tests.helpers import by_link, inside, person, proved, sql, state_of_all
from goodfor.console.tests.things import things_of
from goodfor.identity.operations import add_staff, change_role
from goodfor.identity.roles import may
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tests.snapshot import start_from
from goodfor.payments import queries as payments

pytestmark = pytest.mark.django_db(transaction=True)
DOOR = {"console-signin", "console-second", "console-passkey", "console-language"}


def patterns() -> Iterator[URLPattern]:
    """Every address of our own pages; the data browser is Django's and has its own tests."""
    for entry in urls.urlpatterns:
        if isinstance(entry, URLResolver):
            if entry.namespace == "desk":
                yield from entry.url_patterns
        else:
            yield entry


DESK = [pattern for pattern in patterns() if pattern.name not in DOOR]


def test_every_page_is_framed() -> None:
    """Deny by default: what does not name its permission is no page."""
    assert {pattern.name for pattern in patterns() if not hasattr(pattern.callback, "console_permission")} == DOOR
    assert len(DESK) > 30


TEMPLATE = "?scene=order_paid&channel=email&language=zh"
#: What some pages want to be asked.
QUERIES = {
    "statement": "?code=2203:order",
    "promise": "?for=shop",
    "promise-edit": "?for=shop",
    "promise-remove": "?for=shop",
    "message-template": TEMPLATE,
    "message-preview": TEMPLATE,
    "message-template-test": TEMPLATE,
    "message-channel": "?channel=email&provider=smtp",
}


class Addresses:
    """Addresses of one shop's things."""

    def __init__(self, shop: Shop) -> None:
        self.things = things_of(shop)
        self.payment = payments.payments_of(shop.id, "order", shop.delivered.id)[0].number

    def of(self, pattern: URLPattern) -> str:
        names = list(pattern.pattern.converters)
        given = {name: self.things[name] for name in names}
        if pattern.name == "payment":
            given["number"] = self.payment
        return reverse(f"desk:{pattern.name}", kwargs=given) + QUERIES.get(str(pattern.name), "")


@dataclass(frozen=True)
class Full:
    """A shop with one thing of each kind."""

    shop: Shop
    addresses: Addresses


def make_full(code: str) -> Full:
    """Another such shop."""
    shop = make(code)
    return Full(shop, Addresses(shop))


@pytest.fixture
def full(transactional_db: None) -> Full:
    """As new for each test."""
    return start_from("console-full", lambda: make_full("demo"))


POSTS: dict[str, Any] = {
    "what": "part", "amount": "1.00", "reason": "x", "note": "x", "act": "close", "name": "v", "column": "number",
    "query": "", "format": "csv", "reference": "x",
}  # fmt: skip


def test_a_guest_opens_nothing(full: Full) -> None:
    addresses = full.addresses
    before = state_of_all()
    for pattern in DESK:
        answer = Client().get(addresses.of(pattern))
        assert answer.status_code == 302, pattern.name
        assert answer.headers["Location"].startswith("/console/signin?next="), pattern.name
        assert Client().post(addresses.of(pattern), POSTS).status_code == 403, pattern.name
    assert state_of_all() == before


#: Who may most in a shop is who could reach furthest into another one; the other roles walk with the soak.
OWNER_FIRST = [pytest.param(role, marks=() if role == Role.OWNER else pytest.mark.soak) for role in Role]


@pytest.fixture(params=["views", pytest.param("pages", marks=pytest.mark.soak)])
def opened(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How far pages go: what is refused is decided before anything is rendered, so the soak alone writes them out.

    It also opens them for those who may neither most nor least.
    """
    if request.param == "views":
        monkeypatch.setattr(frame, "render", lambda _request, _template, _context, status: HttpResponse(status=status))
    return str(request.param)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_it_may(full: Full, role: str, opened: str) -> None:
    """GET and POST of each page by each role: what the role lacks is refused and changes nothing."""
    shop, addresses = full.shop, full.addresses
    client = inside(shop.id, role)
    open_to_all = [p for p in DESK if p.callback.console_permission == "" or may(role, p.callback.console_permission)]
    before = state_of_all()
    for pattern in (pattern for pattern in DESK if pattern not in open_to_all):
        for refused in (client.get(addresses.of(pattern)), client.post(addresses.of(pattern), POSTS)):
            assert refused.status_code in (403, 405), (pattern.name, refused.status_code)
    assert state_of_all() == before
    if opened == "views" and role not in (Role.OWNER, Role.VIEWER):
        return
    for pattern in open_to_all:
        # What an export or a batch is about decides, too.
        statuses = (200, 302, 403, 404, 405) if pattern.name in ("export-file", "batch") else (200, 302, 404, 405)
        answer = client.get(addresses.of(pattern))
        assert answer.status_code in statuses, (pattern.name, answer.status_code)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_what_a_page_allows_more_than_its_reading(full: Full, role: str) -> None:
    """Pages that many may read and few may act on."""
    shop, addresses = full.shop, full.addresses
    client = inside(shop.id, role)
    case = reverse("desk:case", args=[addresses.things["case_id"]])
    before = state_of_all()
    if role == Role.VIEWER:
        assert client.post(case, {"act": "close", "note": "x"}).status_code == 403
        for name, act in (("orders", "refund"), ("orders", "cancel"), ("cases", "close")):
            sent = {"act": act, "pick": str(shop.placed.order_id)}
            assert client.post(reverse(f"desk:{name}-pick"), sent).status_code == 403
        assert client.post(reverse("desk:orders-export"), {"format": "csv"}).status_code == 403
        assert state_of_all() == before
    else:
        assert client.post(case, {"act": "close", "note": "x"}).status_code == 302


@pytest.mark.parametrize("role", OWNER_FIRST)
def test_other_shops_do_not_exist(shop: Shop, role: str) -> None:
    """Every address of another shop's thing, by somebody who may do it here: not found, and nothing changes."""
    beside = make_full("other")
    other, theirs = beside.shop, beside.addresses
    client = proved(shop.id, role)
    before = state_of_all()
    for pattern in DESK:
        # A kind of block or of campaign is nobody's thing.
        if not pattern.pattern.converters.keys() - {"kind", "play"}:
            continue
        for answer in (client.get(theirs.of(pattern)), client.post(theirs.of(pattern), POSTS)):
            assert answer.status_code in (403, 404, 405), (pattern.name, answer.status_code)
            assert other.placed.number not in answer.content.decode().replace(answer.request["PATH_INFO"], "") or (
                answer.status_code != 200
            )
    assert state_of_all() == before
    for path in ("/console/orders/?number=" + other.placed.number, "/console/orders/", "/console/payments/"):
        assert other.delivered.number not in client.get(path).content.decode()


def test_rows_of_other_shops_are_not_picked(shop: Shop, other: Shop) -> None:
    client = proved(shop.id)
    picked = {"act": "cancel", "pick": str(other.placed.order_id)}
    assert client.post(reverse("desk:orders-pick"), picked).status_code == 302
    before = state_of_all()
    assert client.get(reverse("desk:orders-batch")).status_code == 422
    assert client.post(reverse("desk:orders-batch"), {"token": "x"}).status_code == 422
    assert state_of_all() == before


def test_forms_need_their_token(full: Full) -> None:
    """CSRF: every POST of the console without the form's token is refused and changes nothing."""
    shop, addresses = full.shop, full.addresses
    one = person(shop.id, app=True)
    client = by_link(one, Client())
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    before = state_of_all()
    for pattern in DESK:
        assert strict.post(addresses.of(pattern), POSTS).status_code in (403, 405), pattern.name
    for path in ("/console/signin", "/console/language"):
        assert strict.post(path, {"username": "x", "password": "x"}).status_code == 403
    assert state_of_all() == before


def test_somebody_who_was_let_go_is_out_at_once(shop: Shop) -> None:
    one = person(shop.id, Role.OPERATOR)
    client = by_link(one)
    assert client.get("/console/orders/").status_code == 200
    change_role(shop_id=shop.id, staff_id=one.staff.id, role=Role.OPERATOR, active=False, actor="test", now=utc_now())
    assert client.get("/console/orders/").status_code == 302
    assert client.post(reverse("desk:order-cancel", args=[shop.placed.number])).status_code == 403


def test_one_person_in_two_shops(shop: Shop, other: Shop) -> None:
    one = person(shop.id, Role.OPERATOR)
    client = by_link(one)
    assert client.post(reverse("desk:shop"), {"shop": str(other.id)}).status_code == 403
    assert client.post(reverse("desk:shop"), {"shop": "x"}).status_code == 403
    assert shop.placed.number in client.get("/console/orders/").content.decode()
    add_staff(shop_id=other.id, user_id=one.staff.user_id, role=Role.VIEWER, actor="test", now=utc_now())
    key = client.session.session_key
    assert client.post(reverse("desk:shop"), {"shop": str(other.id)}).status_code == 302
    assert client.session.session_key != key
    page = client.get("/console/orders/").content.decode()
    assert other.placed.number in page
    assert shop.placed.number not in page
    # A role is held in one shop only.
    assert client.post(reverse("desk:order-cancel", args=[other.placed.number])).status_code == 403


def test_answers_are_kept_by_nobody(shop: Shop) -> None:
    client = inside(shop.id)
    for answer in (client.get("/console/"), client.get("/console/orders/"), Client().get("/console/signin")):
        assert answer.headers["Cache-Control"] == "no-store"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_every_post_is_written_down(shop: Shop) -> None:
    client = inside(shop.id, Role.SUPPORT)
    client.post(reverse("desk:order-cancel", args=[shop.placed.number]))
    client.post(reverse("desk:orders-export"))
    lines = sql("SELECT subject_id, data->>'status' FROM kernel_audit WHERE action = 'console.posted' ORDER BY id")
    assert lines == [(f"/console/orders/{shop.placed.number}/cancel", "302"), ("/console/orders/export", "403")]


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/console/", "/\\evil.example", "javascript:x", "/"]
)
def test_no_form_leads_away(shop: Shop, where: str) -> None:
    one = person(shop.id, app=True)
    client = by_link(one)
    for path, sent in (
        ("/console/language", {"language": "en", "next": where}),
        ("/console/prove", {"code": one.code(), "next": where}),
    ):
        assert client.post(path, sent).headers["Location"] == "/console/"
