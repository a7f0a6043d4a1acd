"""Ways around what stops an act, as somebody tries them who has read how it works: none of them leads anywhere."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from goodfor.identity.tests.buyers import Authenticator
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.tests.factories import relay_all, sql
from goodfor.risk import review_queries
from goodfor.risk.operations.decide_review import decide_review
from goodfor.risk.operations.take_review import take
from goodfor.risk.tests.saying import Saying, results, saying
from goodfor.risk.types import Outcome, Result, Scene
from goodfor.storefront.tests.account_flow import Mailbox, browser, is_signed_in, plain, prove, sign_in
from goodfor.storefront.tests.test_account_pages import code_ids
from goodfor.storefront.tests.test_judged import FETCH, asked, bought, checkout, kept_in, number_of, placed, revealed
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = "goodfor_device_id"


@pytest.fixture
def says() -> Iterator[Saying]:
    with saying() as rules:
        yield rules


@pytest.fixture
def settle() -> Any:
    """Accounts of a shop were made, and their contacts proven, two days ago."""

    def back(shop_id: Any) -> None:
        sql("UPDATE identity_buyer SET created_at = created_at - interval '2 days' WHERE shop_id = %s", [shop_id])
        sql("UPDATE identity_buyer_contact SET verified_at = verified_at - interval '2 days' WHERE shop_id = %s",
            [shop_id])  # fmt: skip

    return back


def passed_in(answer: Any) -> list[str]:
    return re.findall(r'name="passed" value="([^"]+)"', answer.content.decode())


def same_device(client: Client) -> Client:
    """Another browser's cookies with this one's device: whoever has a browser copies its cookies as they like."""
    other = browser()
    other.cookies[DEVICE] = client.cookies[DEVICE].value
    return other


# -- whose contact a code goes to ---------------------------------------------------------------------------


def test_what_an_accounts_owner_is_asked_for_nobody_else_answers(
    client: Client, world: World, box: Mailbox, says: Saying
) -> None:
    """A stolen session is stopped before the codes; the thief's own account, in the same browser, is of no use."""
    sign_in(client, box)
    number = bought(client, world)
    prove(client, box)
    [code] = code_ids(client, number)
    says.says[Scene.REVEAL] = Outcome.REVIEW
    kept = kept_in(client.post(f"/o/{number}/reveal", {"code": code}))
    says.says.clear()
    thief = same_device(client)
    sign_in(thief, box, "thief@example.com")
    sent = len(box.sent)
    says.says[Scene.REVEAL] = Outcome.REVIEW
    assert "t***@example.com" not in plain(thief.post("/go-on", {"kept": kept}))
    assert thief.post("/go-on", {"kept": kept, "way": "send", "pick": "email"}).status_code >= 400
    assert len(box.sent) == sent
    answer = thief.post("/go-on", {"kept": kept, "way": "code", "code": box.code})
    assert passed_in(answer) == []
    assert revealed(world, number) == 0


def test_a_contact_that_came_a_moment_ago_proves_nothing(
    client: Client, world: World, box: Mailbox, says: Saying, settle: Any
) -> None:
    """Whoever is in somebody's account adds a telephone of their own, and would be asked by that."""
    sign_in(client, box)
    number = bought(client, world)
    settle(world.shop_id)
    prove(client, box)
    assert client.post("/me/contacts", {"contact": "13900139000"}).status_code == 302
    assert client.post("/me/contacts/code", {"code": box.code}).status_code == 302
    [code] = code_ids(client, number)
    says.says[Scene.REVEAL] = Outcome.REVIEW
    kept = kept_in(client.post(f"/o/{number}/reveal", {"code": code}))
    choice = plain(client.post("/go-on", {"kept": kept}))
    assert "l***@example.com" in choice
    assert "9000" not in choice
    sent = len(box.sent)
    assert client.post("/go-on", {"kept": kept, "way": "send", "pick": "phone"}).status_code >= 400
    assert len(box.sent) == sent
    # Instead of the one that was there it proves nothing either: then a person decides.
    assert client.post("/me/contacts", {"contact": "thief@example.com"}).status_code == 302
    assert client.post("/me/contacts/code", {"code": box.code}).status_code == 302
    stopped = client.post(f"/o/{number}/reveal", {"code": code})
    assert (stopped.status_code, "客服会联系你" in plain(stopped)) == (403, True)
    assert revealed(world, number) == 0


@pytest.mark.parametrize("contact", ["lin@example.com", ""])
def test_taking_an_order_in_does_not_make_one_its_owner(
    client: Client, world: World, box: Mailbox, says: Saying, contact: str
) -> None:
    """Number and secret were stolen: the thief's account takes the order in, and would be asked by its own contact."""
    number = bought(client, world, contact)
    order = orders.order_by_number(world.shop_id, number)
    [code] = code_ids(client, number)
    # What the thief has is as good as the buyer's own cookies.
    sign_in(client, box, "thief@example.com")
    assert client.post("/me/claim", {"order": str(order.id)}).status_code == 302
    assert orders.order_of_buyer(world.shop_id, orders.buyer_named(world.shop_id, order.id), number).id == order.id
    says.says[Scene.REVEAL] = Outcome.REVIEW
    stopped = client.post(f"/o/{number}/reveal", {"code": code})
    assert stopped.status_code == 403
    if not contact:
        assert "客服会联系你" in plain(stopped)
        return
    kept = kept_in(stopped)
    choice = plain(client.post("/go-on", {"kept": kept}))
    assert "l***@example.com" in choice
    assert "t***@example.com" not in choice
    assert client.post("/go-on", {"kept": kept, "way": "send", "pick": "email"}).status_code >= 400
    client.post("/go-on", {"kept": kept, "way": "send", "pick": "order"})
    assert box.sent[-1].contact.value == "lin@example.com"
    assert revealed(world, number) == 0


def test_an_archive_is_no_way_around_an_orders_own_contact(
    client: Client, world: World, box: Mailbox, says: Saying
) -> None:
    """The same thief asks for everything at once."""
    number = bought(client, world, "lin@example.com")
    order = orders.order_by_number(world.shop_id, number)
    sign_in(client, box, "thief@example.com")
    assert client.post("/me/claim", {"order": str(order.id)}).status_code == 302
    prove(client, box)
    says.says[Scene.REVEAL] = Outcome.REVIEW
    sent = len(box.sent)
    stopped = client.post("/me/data/export", {"codes": "1"})
    assert (stopped.status_code, "客服会联系你" in plain(stopped)) == (403, True)
    assert (len(box.sent), revealed(world, number)) == (sent, 0)
    # Without codes nobody need look.
    assert client.post("/me/data/export", {}).headers["Content-Type"] == "application/zip"
    assert revealed(world, number) == 0


def test_what_a_person_refused_comes_out_by_no_other_way(
    client: Client, world: World, box: Mailbox, says: Saying
) -> None:
    """Nor with all others at once, nor from a browser in which nothing speaks against it."""
    sign_in(client, box)
    number = bought(client, world)
    prove(client, box)
    [code] = code_ids(client, number)
    order = orders.order_by_number(world.shop_id, number)
    says.says[Scene.REVEAL] = Outcome.REVIEW
    client.post(f"/o/{number}/reveal", {"code": code})
    relay_all(utc_now())
    [review] = review_queries.review_queue(world.shop_id, scenes=[Scene.REVEAL])
    assert review.subject == ("order", order.id)
    told: dict[str, Any] = {"shop_id": world.shop_id, "review_id": review.id, "actor": "staff:1", "now": utc_now()}
    take(**told)
    decide_review(**told, outcome="deny")
    says.says.clear()
    for path, sent in (
        (f"/o/{number}/reveal", {"code": code}), (f"/o/{number}/download", {"format": "txt"}),
        ("/me/data/export", {"codes": "1"}),
    ):  # fmt: skip
        assert client.post(path, sent).status_code == 403, path
    assert revealed(world, number) == 0
    # Their other data is theirs.
    assert client.post("/me/data/export", {}).status_code == 200
    at: datetime = told["now"]

    def refused(ids: list[UUID], since: datetime) -> bool:
        return review_queries.refused_any(world.shop_id, Scene.REVEAL, "order", ids, since)

    assert refused([uuid4(), order.id], at)
    assert not refused([uuid4(), order.id], at + timedelta(seconds=1))
    assert not refused([uuid4()], at)


# -- what was kept --------------------------------------------------------------------------------------------


def test_what_was_kept_goes_nowhere_else(client: Client, world: World, box: Mailbox, says: Saying) -> None:
    """Not to another address, not in another browser or shop, not altered; and one proof is good for one act."""
    says.says[Scene.ORDER] = Outcome.CHALLENGE
    before = placed()
    found = asked(checkout(client, world, "lin@example.com"))
    sent = {"kept": found["kept"], "proof": found["proof"]}
    for path in ("/signin", "/lookup", "/me/forget", "/signin/password", "/checkout/check", "/language"):
        assert client.post(path, sent).status_code < 500
    assert placed() == before
    stranger = browser()
    stranger.get("/lookup")
    assert stranger.post("/checkout", sent).status_code == 403
    # Of the last letter before the end's filling some bits say nothing: the one altered last stands before it.
    for at in (0, 7, 40, len(found["kept"]) // 2, len(found["kept"]) - 6):
        other = "A" if found["kept"][at] != "A" else "B"
        changed = found["kept"][:at] + other + found["kept"][at + 1 :]
        assert client.post("/checkout", {**sent, "kept": changed}).status_code == 403
    # What is posted beside it counts for nothing: it is the sealed order that goes on.
    number = number_of(client.post("/checkout", {**sent, "qty": "9", "contact": "thief@example.com"}))
    order = orders.desk_order(world.shop_id, number)
    assert (order.contact, placed()) == ("lin@example.com", before + 1)
    # Used up, also for another act that waits, and the other way round.
    second = asked(checkout(client, world))
    assert client.post("/checkout", {"kept": second["kept"], "proof": found["proof"]}).status_code == 403
    assert placed() == before + 1


def test_a_cheap_proof_does_not_pay_for_what_is_dear(client: Client, world: World, says: Saying) -> None:
    says.says[Scene.ORDER] = Outcome.CHALLENGE
    before = placed()
    cheap = asked(checkout(client, world))
    says.cost = 2
    dear = kept_in(checkout(client, world))
    for kept in (cheap["kept"], dear):
        assert client.post("/checkout", {"kept": kept, "proof": cheap["proof"]}).status_code == 403
    assert placed() == before


def test_a_proof_for_one_scene_is_none_for_another(client: Client, world: World, box: Mailbox, says: Saying) -> None:
    says.says |= {Scene.ORDER: Outcome.CHALLENGE, Scene.LOOK_UP: Outcome.CHALLENGE}
    number, secret = world.orders["delivered"]
    looking = asked(client.post("/lookup", {"number": number, "secret": secret}))
    before = placed()
    ordering = kept_in(checkout(client, world))
    assert client.post("/checkout", {"kept": ordering, "proof": looking["proof"]}).status_code == 403
    assert placed() == before


def test_codes_for_going_on_and_for_signing_in_are_not_each_other(
    client: Client, world: World, box: Mailbox, says: Saying
) -> None:
    says.says[Scene.ORDER] = Outcome.CHALLENGE
    kept = kept_in(checkout(client, world))
    client.post("/go-on", {"kept": kept, "way": "send", "contact": "lin@example.com"})
    going_on = box.code
    # With the cookie of the one, the code of the other.
    client.post("/signin", {"contact": "lin@example.com", "way": "code"})
    signing_in = box.code
    if signing_in != going_on:
        assert client.post("/signin/code", {"code": going_on}).status_code == 422
    client.post("/go-on", {"kept": kept, "way": "send", "contact": "lin@example.com"})
    if signing_in != box.code:
        assert passed_in(client.post("/go-on", {"kept": kept, "way": "code", "code": signing_in})) == []


def test_too_much_is_not_kept(client: Client, world: World, says: Saying) -> None:
    """Nor is it an error: it is refused like anything else."""
    says.says[Scene.ORDER] = Outcome.CHALLENGE
    before = placed()
    sent = {"p": world.product_slug, "sku": str(world.sku_id), "qty": 1, "method": world.method, "more": "x" * 70_000}
    assert client.post("/checkout", sent).status_code == 403
    assert client.post("/checkout", {"kept": "A" * 200_000, "proof": "x"}).status_code == 403
    assert client.post("/go-on", {"kept": "é"}).status_code == 403
    assert client.post("/go-on", {"kept": "AAAA"}).status_code == 403
    assert client.post("/go-on", {"kept": "////" * 30}).status_code == 403
    assert placed() == before


def test_nothing_leaves_the_shop_by_what_was_kept(client: Client, world: World, says: Saying) -> None:
    """The address that goes on is the one that was posted to; forms are held by the policy of the page, too."""
    says.says |= {Scene.ORDER: Outcome.CHALLENGE, Scene.SIGN_IN: Outcome.CHALLENGE}
    stopped = checkout(client, world)
    assert asked(stopped)["to"] == "/checkout"
    assert "form-action 'self'" in stopped.headers["Content-Security-Policy"]
    forged = client.post("//evil.example/checkout", {"kept": kept_in(stopped)})
    assert forged.status_code in (403, 404)
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = client.cookies
    found = asked(checkout(client, world))
    assert guarded.post("/checkout", {"kept": found["kept"], "proof": found["proof"]}).status_code == 403


# -- doors ------------------------------------------------------------------------------------------------------


def test_whoever_is_locked_out_fills_no_tables(client: Client, world: World, box: Mailbox, says: Saying) -> None:
    """Tries are counted and refused as ever; what is written down with each ends where the door is shut."""
    number, _secret = world.orders["delivered"]
    lines = "SELECT (SELECT count(*) FROM risk_event), (SELECT count(*) FROM risk_decision)"

    def hammer(path: str, sent: dict[str, str]) -> None:
        shut = next((at for at in range(40) if client.post(path, sent).status_code == 429), None)
        assert shut is not None
        before = sql(lines)
        answers = {client.post(path, sent).status_code for _ in range(10)}
        assert (answers, sql(lines)) == ({429}, before)

    hammer("/lookup", {"number": number, "secret": "wrong"})
    hammer("/signin/password", {"contact": "lin@example.com", "password": "wrong password 1"})
    # One that is not there is no different.
    other = {"contact": "nobody@example.com", "password": "wrong password 1"}
    assert client.post("/signin/password", other).status_code == 429


def test_a_passkey_of_who_is_blocked_lets_nobody_in(
    client: Client, world: World, box: Mailbox, says: Saying, settings: Any
) -> None:
    """It is a better proof than any that could be asked for; what is denied is denied."""
    settings.ALLOWED_HOSTS = ["*"]
    shop = browser(HTTP_HOST="shop.example")
    sign_in(shop, box)
    key = Authenticator("http://shop.example", "shop.example")
    made = shop.post("/me/passkeys/options", headers=FETCH).json()
    assert shop.post("/me/passkeys", {"answer": json.dumps(key.create(made))}, headers=FETCH).status_code == 200
    shop.post("/signout")

    def enter() -> int:
        asked = shop.post("/signin/passkey/options", headers=FETCH).json()
        return shop.post("/signin/passkey", {"answer": json.dumps(key.get(asked))}, headers=FETCH).status_code

    says.says[Scene.SIGN_IN] = Outcome.DENY
    assert (enter(), is_signed_in(shop)) == (403, False)
    says.says[Scene.SIGN_IN] = Outcome.CHALLENGE
    assert (enter(), is_signed_in(shop)) == (200, True)
    assert results(Scene.SIGN_IN)[-1] is Result.GOOD
