"""Coming in: links, passwords, second factors, guesses that slow the door down, sessions, and proving oneself again."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from goodfor.console.models import Session
from goodfor.console.operations.count_try import count_try
from goodfor.console.operations.forgive_try import forgive_try
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import PASSWORD, by_link, link_of, person, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import together

pytestmark = pytest.mark.django_db(transaction=True)
SIGNIN = "/console/signin"


def signin(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGNIN, {"username": name, "password": password, **more})


def test_a_link_works_once(shop: Shop) -> None:
    one, client = person(shop.id), Client()
    token = link_of(one)
    for _ in range(2):
        assert client.get(SIGNIN, {"token": token}).status_code == 200
    assert client.get("/console/").status_code == 302
    assert client.post(SIGNIN, {"token": token}).headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    second = Client()
    refused = second.post(SIGNIN, {"token": token})
    assert refused.status_code == 403
    assert "./goodfor up" in refused.content.decode()
    assert second.get("/console/").status_code == 302
    assert client.get("/console/signout").status_code == 405
    assert client.post("/console/signout").headers["Location"] == SIGNIN
    assert client.get("/console/").status_code == 302


def test_an_expired_link_is_refused(shop: Shop) -> None:
    token = link_of(person(shop.id), utc_now() - timedelta(hours=1))
    assert Client().post(SIGNIN, {"token": token}).status_code == 403


def test_a_session_begun_by_somebody_else_ends(shop: Shop) -> None:
    """Session fixation: the key and what was in the session before are gone."""
    client = Client()
    client.get(SIGNIN)
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = session.session_key
    by_link(person(shop.id), client)
    assert client.session.session_key != session.session_key
    assert "planted" not in client.session


def test_a_password_alone_for_those_without_a_second_factor(shop: Shop) -> None:
    one, client = person(shop.id, Role.SUPPORT, password=True), Client()
    assert signin(client, one.staff.username, next="/console/orders/").headers["Location"] == "/console/orders/"
    assert client.get("/console/orders/").status_code == 200
    assert Session.objects.get(user_id=one.staff.user_id).method == "password"


def test_a_password_then_the_app(shop: Shop) -> None:
    one, client = person(shop.id, password=True, app=True), Client()
    assert signin(client, one.staff.username).headers["Location"] == reverse("console-second")
    assert client.get("/console/").status_code == 302
    assert client.post(reverse("console-second"), {"code": "000000"}).status_code == 401
    code = one.code()
    assert client.post(reverse("console-second"), {"code": f"{code[:3]} {code[3:]}"}).headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    # Each code is good once, in whatever browser.
    thief = Client()
    signin(thief, one.staff.username)
    assert thief.post(reverse("console-second"), {"code": code}).status_code == 401


def test_the_second_factor_waits_for_the_password(shop: Shop) -> None:
    one, client = person(shop.id, password=True, app=True), Client()
    assert client.post(reverse("console-second"), {"code": one.code()}).headers["Location"] == SIGNIN
    signin(client, one.staff.username)
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        assert client.post(reverse("console-second"), {"code": one.code()}).headers["Location"] == SIGNIN


def test_recovery_codes_work_once(shop: Shop) -> None:
    one = person(shop.id, password=True, app=True)
    codes = Authenticator.objects.get(user_id=one.staff.user_id, type="recovery_codes").wrap().generate_codes()
    for expected in (302, 401):
        client = Client()
        signin(client, one.staff.username)
        assert client.post(reverse("console-second"), {"code": codes[0]}).status_code == expected


def test_secrets_are_sealed(shop: Shop) -> None:
    one = person(shop.id, app=True)
    stored = str(sql("SELECT data FROM mfa_authenticator WHERE user_id = %s", [one.staff.user_id]))
    assert one.secret not in stored
    client = by_link(person(shop.id, Role.VIEWER))
    page = client.post(reverse("desk:app")).content.decode()
    secret = page.split('<p class="mono">')[1].split("<")[0]
    assert len(secret) == 32
    assert secret not in str(dict(client.session))


WRONG = "two-wrong-words-77"


def test_five_guesses_then_the_door_is_slow(shop: Shop) -> None:
    one = person(shop.id, Role.SUPPORT, password=True)
    answers = [signin(Client(), one.staff.username, WRONG) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 31
    # The right password is not even looked at while the door is slow; the count does not grow meanwhile.
    assert signin(Client(), one.staff.username).status_code == 429
    with time_machine.travel(utc_now() + timedelta(seconds=32)):
        assert signin(Client(), one.staff.username, WRONG).status_code == 401
        again = signin(Client(), one.staff.username)
        assert again.status_code == 429
        assert int(again.headers["Retry-After"]) > 31
    with time_machine.travel(utc_now() + timedelta(seconds=120)):
        assert signin(Client(), one.staff.username).status_code == 302


def test_the_owner_is_never_locked_out(shop: Shop) -> None:
    one = person(shop.id, password=True, app=True)
    for _ in range(8):
        signin(Client(), one.staff.username, WRONG)
    assert signin(Client(), one.staff.username).status_code == 429
    assert by_link(one).get("/console/").status_code == 200


def test_guesses_are_counted_by_address_too(shop: Shop) -> None:
    people = [person(shop.id, Role.SUPPORT, password=True) for _ in range(6)]
    answers = [signin(Client(REMOTE_ADDR="198.51.100.9"), one.staff.username, WRONG).status_code for one in people]
    assert answers == [401] * 5 + [429]
    assert signin(Client(REMOTE_ADDR="198.51.100.10"), people[0].staff.username).status_code == 302


def test_unknown_names_answer_alike(shop: Shop) -> None:
    one = person(shop.id, Role.SUPPORT, password=True)
    known, unknown = (signin(Client(), name, WRONG) for name in (one.staff.username, "nobody"))
    assert known.status_code == unknown.status_code == 401
    pages = [
        re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode()).replace(name, "")
        for answer, name in ((known, one.staff.username), (unknown, "nobody"))
    ]
    assert pages[0] == pages[1]


def test_many_guesses_at_once_are_five(shop: Shop) -> None:
    now = utc_now()
    done = together(lambda _: count_try(scope="account", subject="x", now=now), 40)
    assert done.count(None) == 5
    assert done.count("console_too_many_guesses") == 35
    forgive_try(scope="account", subject="x", everything=True)
    count_try(scope="account", subject="x", now=now)


def test_owners_set_up_a_second_factor(shop: Shop) -> None:
    """The first visit is free and says so; from the second on nothing else opens until it is set up."""
    one = person(shop.id)
    first = by_link(one)
    assert "二次验证" in first.get("/console/").content.decode()
    later = by_link(one)
    security = reverse("desk:security")
    for path in ("/console/", "/console/orders/", f"/console/orders/{shop.placed.number}/"):
        assert later.get(path).headers["Location"] == security
    before = state_of_all()
    assert later.post(reverse("desk:order-cancel", args=[shop.placed.number])).headers["Location"] == security
    assert later.get("/console/data/").status_code == 302
    assert state_of_all() == before
    page = later.post(reverse("desk:app")).content.decode()
    one.secret = page.split('<p class="mono">')[1].split("<")[0]
    assert later.post(reverse("desk:app"), {"code": "000000"}).status_code == 401
    shown = later.post(reverse("desk:app"), {"code": one.code()}).content.decode()
    codes = Authenticator.objects.get(user_id=one.staff.user_id, type="recovery_codes").wrap().generate_codes()
    assert len(codes) == 10
    assert all(code in shown for code in codes)
    assert codes[0] not in later.get(security).content.decode()
    assert later.get("/console/orders/").status_code == 200


def test_staff_without_money_need_none(shop: Shop) -> None:
    one = person(shop.id, Role.SUPPORT)
    by_link(one)
    assert by_link(one).get("/console/orders/").status_code == 200


def test_passwords_are_strong(shop: Shop) -> None:
    one = person(shop.id, Role.SUPPORT)
    client = by_link(one)
    for weak in ("short", "aaaaaaaaaaaa", "password1234", one.staff.username + "2026"):
        assert client.post(reverse("desk:password"), {"password": weak}).status_code == 422, weak
    assert not one.user.has_usable_password()
    assert client.post(reverse("desk:password"), {"password": PASSWORD}).status_code == 302
    assert one.user.password.startswith("argon2")
    assert signin(Client(), one.staff.username).status_code == 302


def test_a_new_password_ends_other_sessions(shop: Shop) -> None:
    one = person(shop.id, Role.SUPPORT)
    here, there = by_link(one), by_link(one)
    assert here.post(reverse("desk:password"), {"password": PASSWORD}).status_code == 302
    assert here.get("/console/").status_code == 200
    assert there.get("/console/").status_code == 302


def test_sessions_are_listed_and_ended(shop: Shop) -> None:
    one, stranger = person(shop.id, Role.SUPPORT), person(shop.id, Role.SUPPORT)
    here, there, third, theirs = by_link(one), by_link(one), by_link(one), by_link(stranger)
    page = here.get(reverse("desk:sessions")).content.decode()
    assert page.count('name="session"') == 2
    ids = {row.id: row for row in Session.objects.all()}
    hers = next(one_id for one_id, row in ids.items() if row.user_id == stranger.staff.user_id)
    assert str(hers) not in page
    here.post(reverse("desk:sessions"), {"session": str(hers)})
    assert theirs.get("/console/").status_code == 200
    third_id = Session.objects.filter(user_id=one.staff.user_id).order_by("-created_at").first()
    assert third_id
    here.post(reverse("desk:sessions"), {"session": str(third_id.id)})
    assert [client.get("/console/").status_code for client in (here, there, third)] == [200, 200, 302]
    here.post(reverse("desk:sessions"))
    assert [client.get("/console/").status_code for client in (here, there)] == [200, 302]
    there = by_link(one)
    here.post("/console/signout", {"everywhere": "1"})
    assert [client.get("/console/").status_code for client in (here, there, theirs)] == [302, 302, 200]


def test_a_dangerous_act_asks_who_one_is(shop: Shop) -> None:
    """Above the shop's limit a refund goes by /prove and comes back; then it counts for ten minutes."""
    one = person(shop.id, app=True)
    client = by_link(one)
    sql("UPDATE identity_shop SET settings = '{\"refund_limit_minor\": 1000}' WHERE id = %s", [shop.id])
    refund, order = (reverse(f"desk:{name}", args=[shop.delivered.number]) for name in ("order-refund", "order"))
    before = state_of_all()
    asked = client.post(refund, {"what": "whole", "reason": "x"}, headers={"referer": f"http://testserver{order}"})
    assert asked.headers["Location"] == f"/console/prove?{urlencode({'next': order})}"
    assert state_of_all() == before
    assert client.post("/console/prove", {"code": "123456", "next": order}).status_code == 401
    assert client.post("/console/prove", {"password": PASSWORD, "next": order}).status_code == 401
    key = client.session.session_key
    assert client.post("/console/prove", {"code": one.code(), "next": order}).headers["Location"] == order
    assert client.session.session_key != key
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'console.proved'")[0][0] == 1
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        late = client.post(refund, {"what": "whole", "reason": "x"}).headers["Location"]
        assert late.startswith("/console/prove")
    assert client.post(refund, {"what": "whole", "reason": "x"}).headers["Location"] == order
    assert sql("SELECT state FROM orders_order WHERE id = %s", [shop.delivered.id]) == [("refunded",)]


def test_a_small_refund_asks_nothing(shop: Shop) -> None:
    client = by_link(person(shop.id, Role.SUPPORT))
    refund = reverse("desk:order-refund", args=[shop.delivered.number])
    sent = {"what": "part", "amount": "1.00", "reason": "用不了"}
    assert client.post(refund, sent).status_code == 302
    assert sql("SELECT refunded_minor FROM orders_order WHERE id = %s", [shop.delivered.id]) == [(100,)]


def test_a_password_proves_where_it_is_all_there_is(shop: Shop) -> None:
    one, client = person(shop.id, Role.SUPPORT, password=True), Client()
    by_link(one, client)
    assert client.post("/console/prove", {"password": WRONG}).status_code == 401
    assert client.post("/console/prove", {"password": PASSWORD}).status_code == 302
    # And with nothing at all there is nothing to prove oneself with.
    bare = by_link(person(shop.id, Role.SUPPORT))
    assert "去设置" in bare.get("/console/prove").content.decode()
    assert bare.post("/console/prove", {"password": ""}).status_code == 401


def test_factors_are_changed_only_with_a_proof(shop: Shop) -> None:
    """A stolen open session cannot take the account over; a fresh link can mend lost factors."""
    one = person(shop.id, password=True, app=True)
    client = Client()
    signin(client, one.staff.username)
    assert client.post(reverse("console-second"), {"code": one.code()}).status_code == 302
    authenticator = Authenticator.objects.get(user_id=one.staff.user_id, type="totp").pk
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        before = state_of_all()
        for name, sent in (
            ("password", {"password": PASSWORD + "x"}),
            ("app", {}),
            ("codes", {}),
            ("passkey", {}),
            ("remove", {"id": authenticator}),
        ):
            answer = client.post(reverse(f"desk:{name}"), sent)
            assert answer.headers["Location"].startswith("/console/prove"), name
        assert state_of_all() == before
    assert client.post(reverse("desk:remove"), {"id": authenticator}).status_code == 409
    assert by_link(one).post(reverse("desk:remove"), {"id": authenticator}).status_code == 302
    assert not Authenticator.objects.filter(user_id=one.staff.user_id).exists()


def test_factors_of_others_are_out_of_reach(shop: Shop) -> None:
    one, victim = person(shop.id, Role.SUPPORT), person(shop.id, app=True)
    client = by_link(one)
    authenticator = Authenticator.objects.get(user_id=victim.staff.user_id, type="totp").pk
    before = state_of_all()
    client.post(reverse("desk:remove"), {"id": authenticator})
    assert state_of_all() == before


def test_broken_passkeys_are_refused(shop: Shop) -> None:
    victim = person(shop.id, app=True)
    for credential in (
        "",
        "{",
        "[]",
        "{}",
        '{"response": {"userHandle": "AAAA"}}',
        "x" * 30_000,
        f'{{"id": "x", "response": {{"userHandle": "{victim.staff.user_id}"}}}}',
    ):
        client = Client(REMOTE_ADDR=f"192.0.2.{len(credential) % 200}")
        assert client.get("/console/signin/passkey").status_code == 200
        assert client.post("/console/signin/passkey", {"credential": credential}).status_code == 401
    inside = by_link(person(shop.id, Role.SUPPORT))
    inside.get(reverse("desk:passkey"))
    assert inside.post(reverse("desk:passkey"), {"credential": '{"id": "x"}'}).status_code == 401
    assert inside.post(reverse("desk:prove-passkey"), {"credential": "{}"}).status_code == 401
