"""One-time codes, doors and sessions: exact under load, told apart by shop, deaf to guesses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from goodfor.identity import queries as identity
from goodfor.identity.buyer_models import (
    Buyer,
    BuyerContact,
    BuyerDevice,
    BuyerNotice,
    BuyerSession,
    BuyerSignin,
    Door,
    OneTimeCode,
)
from goodfor.identity.errors import InvalidCode, InvalidContact, InvalidPassword, TooManyCodes, TooManyGuesses
from goodfor.identity.operations.end_session import end_session
from goodfor.identity.operations.issue_code import issue_code
from goodfor.identity.operations.prove import prove_by_code, prove_by_password
from goodfor.identity.operations.set_password import set_password
from goodfor.identity.operations.sign_in_by_code import sign_in_by_code
from goodfor.identity.operations.sign_in_by_password import sign_in_by_password
from goodfor.identity.operations.touch_session import touch_session
from goodfor.identity.tests.buyers import AWAY, HOME, buyer_of, known, let_in, make_buyer
from goodfor.identity.tests.factories import make_shop
from goodfor.identity.types import ShopView, Visitor

pytestmark = pytest.mark.django_db(transaction=True)
MAIL, GOOD = "lin@example.com", "湖边 纸飞机 吵闹 rhubarb"


@pytest.fixture
def shop(now: datetime) -> ShopView:
    return make_shop(now)


def at_once(count: int, one: Callable[[int], Any]) -> list[Any]:
    """`one(i)` in threads; the results, or the refusal's class."""

    def run(i: int) -> Any:
        try:
            return one(i)
        except (InvalidCode, TooManyGuesses, TooManyCodes, InvalidPassword) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, range(count)))


def wrong(code: str, step: int = 1) -> str:
    return f"{(int(code) + step) % 1_000_000:06d}"


def ask(shop: ShopView, now: datetime, contact: str = MAIL, visitor: Visitor = HOME) -> Any:
    return issue_code(shop_id=shop.id, contact=contact, purpose="signin", visitor=visitor, now=now)


def guess(shop: ShopView, issued: Any, code: str, now: datetime, visitor: Visitor = HOME) -> Any:
    return sign_in_by_code(shop_id=shop.id, code_id=issued.code_id, code=code, visitor=visitor, now=now)


# -- codes ------------------------------------------------------------------------------------------


def test_a_code_makes_an_account_and_opens_it_again(shop: ShopView, now: datetime) -> None:
    first = let_in(shop.id, now, MAIL)
    again = let_in(shop.id, now, MAIL.upper(), known(HOME, first))
    assert (first.created, again.created) == (True, False)
    assert first.buyer_id == again.buyer_id
    assert first.token != again.token
    assert first.device == again.device
    view = identity.buyer_view(shop.id, first.buyer_id)
    assert [(c.contact.kind, c.contact.value) for c in view.contacts] == [("email", MAIL)]
    row = BuyerContact.objects.get(shop_id=shop.id)
    assert MAIL.encode() not in bytes(row.value_blob)
    assert identity.contact_of_buyer(shop.id, first.buyer_id, "email") == view.contacts[0].contact
    assert identity.contact_of_buyer(shop.id, first.buyer_id, "phone") is None


def test_shops_are_apart(shop: ShopView, now: datetime) -> None:
    other = make_shop(now)
    here, there = let_in(shop.id, now), let_in(other.id, now)
    assert here.buyer_id != there.buyer_id
    assert identity.signed_in(other.id, here.token, now) is None
    issued = ask(shop, now)
    with pytest.raises(InvalidCode):
        guess(other, issued, issued.code, now)
    assert OneTimeCode.objects.get(pk=issued.code_id).guesses == 0


def test_code_is_kept_hashed_and_used_once(shop: ShopView, now: datetime) -> None:
    issued = ask(shop, now)
    row = OneTimeCode.objects.get(pk=issued.code_id)
    assert issued.code.encode() not in bytes(row.code_hash)
    assert issued.code not in repr(issued)
    assert MAIL not in repr(issued)
    guess(shop, issued, issued.code, now)
    with pytest.raises(InvalidCode):
        guess(shop, issued, issued.code, now)
    assert BuyerSession.objects.filter(shop_id=shop.id).count() == 1


def test_code_is_over_after_five_minutes(shop: ShopView, now: datetime) -> None:
    issued = ask(shop, now)
    with pytest.raises(InvalidCode):
        guess(shop, issued, issued.code, now + timedelta(minutes=5))
    assert Buyer.objects.count() == 0


def test_five_wrong_guesses_end_a_code(shop: ShopView, now: datetime) -> None:
    issued = ask(shop, now)
    for i in range(5):
        with pytest.raises(InvalidCode):
            guess(shop, issued, wrong(issued.code, i + 1), now)
    later = now + timedelta(minutes=4)
    with pytest.raises(InvalidCode):
        guess(shop, issued, issued.code, later)
    assert OneTimeCode.objects.get(pk=issued.code_id).guesses == 5
    assert Buyer.objects.count() == 0


def test_exactly_five_of_forty_parallel_guesses_are_looked_at(shop: ShopView, now: datetime) -> None:
    issued = ask(shop, now)
    found = at_once(40, lambda i: guess(shop, issued, wrong(issued.code, i + 1), now))
    assert found.count(InvalidCode) == 5
    assert found.count(TooManyGuesses) == 35
    assert OneTimeCode.objects.get(pk=issued.code_id).guesses == 5


def test_one_code_used_by_many_at_once_lets_one_in(shop: ShopView, now: datetime) -> None:
    issued = ask(shop, now)
    found = at_once(5, lambda _: guess(shop, issued, issued.code, now))
    assert sum(not isinstance(result, type) for result in found) == 1
    assert BuyerSession.objects.filter(shop_id=shop.id).count() == 1
    assert Buyer.objects.filter(shop_id=shop.id).count() == 1


def test_many_sign_ups_with_one_contact_make_one_account(shop: ShopView, now: datetime) -> None:
    issued = [ask(shop, now) for _ in range(5)]
    found = at_once(5, lambda i: guess(shop, issued[i], issued[i].code, now))
    sessions = [result for result in found if not isinstance(result, type)]
    assert len({session.buyer_id for session in sessions}) == 1
    assert sum(session.created for session in sessions) == 1
    assert Buyer.objects.filter(shop_id=shop.id).count() == BuyerContact.objects.filter(shop_id=shop.id).count() == 1


def test_codes_sent_are_limited_by_contact_exactly(shop: ShopView, now: datetime) -> None:
    found = at_once(12, lambda _: ask(shop, now, visitor=Visitor(ip="198.51.100.200")))
    assert found.count(TooManyCodes) == 7
    assert OneTimeCode.objects.filter(shop_id=shop.id).count() == 5
    with pytest.raises(TooManyCodes) as refused:
        ask(shop, now + timedelta(minutes=30))
    assert 1790 <= refused.value.data["retry_after"] <= 1801
    ask(shop, now + timedelta(minutes=61))


def test_codes_sent_are_limited_by_address_and_household(shop: ShopView, now: datetime) -> None:
    for i in range(20):
        ask(shop, now, f"a{i}@example.com", Visitor(ip=f"2001:db8::{i + 1:x}"))
    with pytest.raises(TooManyCodes):
        ask(shop, now, "b@example.com", Visitor(ip="2001:db8::ffff"))
    ask(shop, now, "b@example.com", Visitor(ip="2001:db8:1::1"))


def test_a_stranger_cannot_use_up_the_owners_codes(shop: ShopView, now: datetime) -> None:
    mine = known(HOME, let_in(shop.id, now))
    for i in range(4):
        ask(shop, now, visitor=Visitor(ip=f"203.0.113.{i}"))
    with pytest.raises(TooManyCodes):
        ask(shop, now, visitor=AWAY)
    assert ask(shop, now, visitor=mine).code


@pytest.mark.parametrize("bad", ["", "nobody", "12345", "a@b", "x" * 300])
def test_what_is_no_contact_gets_no_code(shop: ShopView, now: datetime, bad: str) -> None:
    with pytest.raises(InvalidContact):
        ask(shop, now, bad)
    assert OneTimeCode.objects.count() == 0


def test_a_code_of_one_purpose_is_none_of_another(shop: ShopView, now: datetime) -> None:
    buyer = make_buyer(shop.id, now)
    proof = issue_code(shop_id=shop.id, contact=MAIL, purpose="proof", buyer_id=buyer.buyer_id, visitor=HOME, now=now)
    with pytest.raises(InvalidCode):
        guess(shop, proof, proof.code, now)
    signin = ask(shop, now)
    with pytest.raises(InvalidCode):
        prove_by_code(buyer=buyer, code_id=signin.code_id, code=signin.code, visitor=HOME, now=now)


# -- doors ------------------------------------------------------------------------------------------


def with_password(shop: ShopView, now: datetime, contact: str = MAIL) -> Any:
    session = let_in(shop.id, now, contact)
    set_password(buyer=buyer_of(shop.id, session, now), password=GOOD, now=now)
    return session


def try_password(shop: ShopView, now: datetime, password: str, visitor: Visitor, contact: str = MAIL) -> Any:
    return sign_in_by_password(shop_id=shop.id, contact=contact, password=password, visitor=visitor, now=now)


def test_password_opens_the_account(shop: ShopView, now: datetime) -> None:
    owner = with_password(shop, now)
    session = try_password(shop, now, GOOD, AWAY)
    assert session.buyer_id == owner.buyer_id
    assert not session.created
    methods = [s.method for s in identity.signins_of(shop.id, owner.buyer_id)]
    assert methods == ["password", "code:email"]


def test_door_slows_down_after_five_guesses_from_anywhere(shop: ShopView, now: datetime) -> None:
    with_password(shop, now)
    for i in range(5):
        with pytest.raises(InvalidPassword):
            try_password(shop, now, "wrong", Visitor(ip=f"203.0.113.{i}"))
    with pytest.raises(TooManyGuesses) as refused:
        try_password(shop, now, GOOD, Visitor(ip="203.0.113.99"))
    assert refused.value.data["retry_after"] == 31
    later = now + timedelta(seconds=31)
    with pytest.raises(InvalidPassword):
        try_password(shop, later, "wrong", Visitor(ip="203.0.113.98"))
    # The pause has doubled.
    with pytest.raises(TooManyGuesses) as again:
        try_password(shop, later + timedelta(seconds=31), "wrong", Visitor(ip="203.0.113.97"))
    assert 28 <= again.value.data["retry_after"] <= 31
    assert BuyerSignin.objects.filter(shop_id=shop.id, ok=False).count() == 6


def test_pauses_grow_to_an_hour_and_are_forgotten_after_a_day(shop: ShopView, now: datetime) -> None:
    with_password(shop, now)
    clock, waits = now, []
    for i in range(16):
        try:
            try_password(shop, clock, "wrong", Visitor(ip=f"203.0.{i}.1"))
        except InvalidPassword:
            continue
        except TooManyGuesses as error:
            waits.append(error.data["retry_after"])
            clock += timedelta(seconds=error.data["retry_after"])
    assert waits == sorted(waits)
    assert waits[:3] == [31, 61, 121]
    door = Door.objects.get(shop_id=shop.id, scope="password.account")
    assert (door.open_at - door.last_at).total_seconds() <= 3600
    assert try_password(shop, clock + timedelta(days=2), GOOD, AWAY)


def test_exactly_five_of_twenty_parallel_password_guesses_are_compared(shop: ShopView, now: datetime) -> None:
    with_password(shop, now)
    found = at_once(20, lambda i: try_password(shop, now, "wrong", Visitor(ip=f"203.0.113.{i}")))
    assert found.count(InvalidPassword) == 5
    assert found.count(TooManyGuesses) == 15


def test_owner_is_not_locked_out(shop: ShopView, now: datetime) -> None:
    owner = with_password(shop, now)
    for i in range(9):
        with pytest.raises((InvalidPassword, TooManyGuesses)):
            try_password(shop, now, "wrong", Visitor(ip=f"203.0.113.{i}"))
    # From the owner's own browser, even behind an address that guesses.
    mine = known(Visitor(ip="203.0.113.1", label="Chrome"), owner)
    assert try_password(shop, now, GOOD, mine).buyer_id == owner.buyer_id
    # From a new browser: by a code.
    assert let_in(shop.id, now, MAIL, Visitor(ip="192.0.2.5")).buyer_id == owner.buyer_id


def test_a_known_browser_has_five_guesses_too(shop: ShopView, now: datetime) -> None:
    mine = known(HOME, with_password(shop, now))
    for _ in range(5):
        with pytest.raises(InvalidPassword):
            try_password(shop, now, "wrong", mine)
    with pytest.raises(TooManyGuesses):
        try_password(shop, now, GOOD, mine)
    assert not Door.objects.filter(shop_id=shop.id, scope="password.account").exists()


def test_an_invented_device_is_not_a_known_one(shop: ShopView, now: datetime) -> None:
    with_password(shop, now)
    refused = 0
    for i in range(8):
        try:
            try_password(shop, now, "wrong", Visitor(ip="203.0.113.7", device=f"{i}" * 43))
        except TooManyGuesses:
            refused += 1
        except InvalidPassword:
            pass
    assert refused == 3


def test_an_address_is_slow_for_every_account(shop: ShopView, now: datetime) -> None:
    for i in range(5):
        with pytest.raises(InvalidPassword):
            try_password(shop, now, "wrong", AWAY, f"a{i}@example.com")
    with pytest.raises(TooManyGuesses):
        try_password(shop, now, "wrong", AWAY, "b@example.com")
    # A slow address does not make the account's door slow.
    with pytest.raises(InvalidPassword):
        try_password(shop, now, "wrong", HOME, "b@example.com")


def test_signing_in_to_ones_own_account_does_not_win_guesses(shop: ShopView, now: datetime) -> None:
    with_password(shop, now, "attacker@example.com")
    for i in range(4):
        with pytest.raises(InvalidPassword):
            try_password(shop, now, "wrong", AWAY, f"victim{i}@example.com")
    assert try_password(shop, now, GOOD, AWAY, "attacker@example.com")
    with pytest.raises(InvalidPassword):
        try_password(shop, now, "wrong", AWAY, "victim8@example.com")
    with pytest.raises(TooManyGuesses):
        try_password(shop, now, "wrong", AWAY, "victim9@example.com")


def test_unknown_contact_and_wrong_password_get_the_same_answer_for_the_same_work(
    shop: ShopView, now: datetime, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_password(shop, now)
    let_in(shop.id, now, "plain@example.com")
    compared: list[str] = []
    original = sign_in_by_password.__globals__["matches"]
    monkeypatch.setitem(sign_in_by_password.__globals__, "matches", lambda p, s: compared.append(p) or original(p, s))
    said = []
    for i, contact in enumerate((MAIL, "plain@example.com", "nobody@example.com", "no contact at all")):
        with pytest.raises(InvalidPassword) as refused:
            try_password(shop, now, "wrong", Visitor(ip=f"203.0.113.{i}"), contact)
        said.append((refused.value.code, str(refused.value.title), str(refused.value.message), refused.value.data))
    assert len({str(one) for one in said}) == 1
    assert len(compared) == 4
    assert Door.objects.filter(shop_id=shop.id, scope="password.account").count() == 4


def test_guesses_at_an_unknown_account_slow_down_alike(shop: ShopView, now: datetime) -> None:
    for i in range(5):
        with pytest.raises(InvalidPassword):
            try_password(shop, now, "wrong", Visitor(ip=f"203.0.113.{i}"), "nobody@example.com")
    with pytest.raises(TooManyGuesses) as refused:
        try_password(shop, now, "wrong", Visitor(ip="203.0.113.50"), "nobody@example.com")
    assert refused.value.data["retry_after"] == 31


# -- sessions ---------------------------------------------------------------------------------------


def test_sign_in_replaces_whatever_session_the_browser_had(shop: ShopView, now: datetime) -> None:
    planted = let_in(shop.id, now, "attacker@example.com")
    mine = let_in(shop.id, now, MAIL, replaces=planted.token)
    assert identity.signed_in(shop.id, planted.token, now) is None
    assert buyer_of(shop.id, mine, now).buyer_id == mine.buyer_id


def test_sessions_end_and_stay_ended(shop: ShopView, now: datetime) -> None:
    session = let_in(shop.id, now)
    buyer = buyer_of(shop.id, session, now)
    assert end_session(buyer=buyer, now=now)
    assert not end_session(buyer=buyer, now=now)
    assert identity.signed_in(shop.id, session.token, now) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        BuyerSession.objects.filter(shop_id=shop.id).update(revoked_at=None)


def test_sessions_are_forgotten_when_idle(shop: ShopView, now: datetime) -> None:
    session = let_in(shop.id, now)
    later = now + timedelta(days=59)
    assert buyer_of(shop.id, session, later).touch_due
    assert touch_session(shop_id=shop.id, session_id=session.session_id, now=later)
    assert not touch_session(shop_id=shop.id, session_id=session.session_id, now=later + timedelta(minutes=5))
    assert identity.signed_in(shop.id, session.token, later + timedelta(days=59)) is not None
    assert identity.signed_in(shop.id, session.token, later + timedelta(days=60)) is None
    assert identity.signed_in(shop.id, session.token, now + timedelta(days=180)) is None


def test_tokens_are_kept_as_hashes(shop: ShopView, now: datetime) -> None:
    session = let_in(shop.id, now)
    row = BuyerSession.objects.get(shop_id=shop.id)
    assert session.token.encode() not in bytes(row.token_hash)
    assert session.device.encode() not in bytes(row.device_hash)
    assert session.token not in repr(session)
    for bad in ("", "x", session.token + "x", session.token[:-1], "\x00" * 43):
        assert identity.signed_in(shop.id, bad, now) is None


def test_new_device_leaves_a_notice_a_known_one_does_not(shop: ShopView, now: datetime) -> None:
    first = let_in(shop.id, now)
    assert not BuyerNotice.objects.filter(shop_id=shop.id).exists()
    let_in(shop.id, now, MAIL, known(HOME, first))
    assert not BuyerNotice.objects.filter(shop_id=shop.id).exists()
    let_in(shop.id, now, MAIL, AWAY)
    assert [n.kind for n in identity.notices_of(shop.id, first.buyer_id)] == ["new_device"]
    assert BuyerDevice.objects.filter(shop_id=shop.id).count() == 2


def test_proof_is_fresh_for_ten_minutes_and_renews_the_token(shop: ShopView, now: datetime) -> None:
    session = with_password(shop, now)
    later = now + timedelta(minutes=10)
    buyer = buyer_of(shop.id, session, later)
    assert not identity.is_proof_fresh(buyer, later)
    issued = issue_code(
        shop_id=shop.id, contact=MAIL, purpose="proof", buyer_id=buyer.buyer_id, visitor=HOME, now=later
    )
    with pytest.raises(InvalidCode):
        prove_by_code(buyer=buyer, code_id=issued.code_id, code=wrong(issued.code), visitor=HOME, now=later)
    token = prove_by_code(buyer=buyer, code_id=issued.code_id, code=issued.code, visitor=HOME, now=later)
    assert identity.signed_in(shop.id, session.token, later) is None
    renewed = identity.signed_in(shop.id, token, later)
    assert renewed is not None
    assert identity.is_proof_fresh(renewed, later)
    with pytest.raises(InvalidPassword):
        prove_by_password(buyer=renewed, password="wrong", visitor=HOME, now=later)
    assert prove_by_password(buyer=renewed, password=GOOD, visitor=HOME, now=later)


def test_a_stolen_session_cannot_guess_under_new_device_names(shop: ShopView, now: datetime) -> None:
    buyer = buyer_of(shop.id, with_password(shop, now), now)
    found: list[type] = []
    for i in range(8):
        try:
            prove_by_password(buyer=buyer, password="wrong", visitor=Visitor(device=f"{i}" * 43), now=now)
        except (InvalidPassword, TooManyGuesses) as error:
            found.append(type(error))
    assert (found.count(InvalidPassword), found.count(TooManyGuesses)) == (5, 3)


def test_another_buyers_code_is_no_proof(shop: ShopView, now: datetime) -> None:
    mine, other = make_buyer(shop.id, now), make_buyer(shop.id, now, "other@example.com")
    issued = issue_code(
        shop_id=shop.id, contact="other@example.com", purpose="proof", buyer_id=other.buyer_id, visitor=HOME, now=now
    )
    with pytest.raises(InvalidCode):
        prove_by_code(buyer=mine, code_id=issued.code_id, code=issued.code, visitor=HOME, now=now)
    assert OneTimeCode.objects.get(pk=issued.code_id).used_at is None


def test_history_of_sign_ins_cannot_be_changed(shop: ShopView, now: datetime) -> None:
    let_in(shop.id, now)
    for change in (lambda rows: rows.update(ok=False), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(BuyerSignin.objects.filter(shop_id=shop.id))
    assert BuyerSignin.objects.filter(shop_id=shop.id, ok=True).count() == 1
