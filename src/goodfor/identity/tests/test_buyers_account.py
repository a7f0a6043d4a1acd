"""What a buyer changes about the account: each operation, its refusals, and the trail that it leaves."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from goodfor.identity import invariants as truths
from goodfor.identity import queries as identity
from goodfor.identity import tasks
from goodfor.identity.buyer_models import (
    Buyer,
    BuyerConsent,
    BuyerContact,
    BuyerDevice,
    BuyerNotice,
    BuyerSession,
    BuyerSignin,
    Ceremony,
    Door,
    OneTimeCode,
    SavedAccount,
)
from goodfor.identity.errors import (
    BuyerNotFound,
    ContactTaken,
    InvalidCode,
    InvalidProfile,
    LastWayIn,
    NotListed,
    WeakPassword,
    WrongBuyerState,
)
from goodfor.identity.operations.change_contact import confirm_contact, remove_contact
from goodfor.identity.operations.change_profile import change_profile
from goodfor.identity.operations.delete_account import cancel_deletion, request_deletion
from goodfor.identity.operations.end_proof import end_proof
from goodfor.identity.operations.erase_buyer import announce_erasure, erase_buyer, erase_due
from goodfor.identity.operations.issue_code import issue_code
from goodfor.identity.operations.note_export import note_export
from goodfor.identity.operations.purge_buyer_records import purge_buyer_records
from goodfor.identity.operations.read_notices import read_notices
from goodfor.identity.operations.revoke_session import revoke_all_sessions, revoke_session
from goodfor.identity.operations.save_account import remove_saved_account, save_account
from goodfor.identity.operations.set_consent import TEXT_VERSION, set_consent
from goodfor.identity.operations.set_password import set_password
from goodfor.identity.tests.buyers import AWAY, HOME, buyer_of, known, let_in, make_buyer
from goodfor.identity.tests.factories import make_shop
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.invariants import run

pytestmark = pytest.mark.django_db(transaction=True)
MAIL, GOOD = "lin@example.com", "湖边 纸飞机 吵闹 rhubarb"


@pytest.fixture
def shop(now: datetime) -> ShopView:
    return make_shop(now)


@pytest.fixture
def buyer(shop: ShopView, now: datetime) -> SignedInBuyer:
    return make_buyer(shop.id, now)


def sql(text: str, params: Any = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()


def audited(shop: ShopView) -> list[str]:
    return [row[0] for row in sql("SELECT action FROM kernel_audit WHERE shop_id = %s ORDER BY id", [shop.id])]


# -- profile and saved accounts ---------------------------------------------------------------------


def test_profile_is_changed_and_audited(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    change_profile(buyer=buyer, name="  林 小满 ", birthday=date(1994, 5, 6), locale="en", now=now)
    view = identity.buyer_view(shop.id, buyer.buyer_id)
    assert (view.name, view.birthday, view.locale) == ("林 小满", date(1994, 5, 6), "en")
    assert "identity.buyer_profile_changed" in audited(shop)


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "x" * 61},
        {"name": "a\u202eb"},
        {"birthday": date(2099, 1, 1)},
        {"birthday": date(1899, 12, 31)},
        {"locale": "fr"},
    ],
)
def test_bad_profile_changes_nothing(shop: ShopView, buyer: SignedInBuyer, now: datetime, bad: dict[str, Any]) -> None:
    before = identity.buyer_view(shop.id, buyer.buyer_id)
    with pytest.raises(InvalidProfile):
        change_profile(buyer=buyer, now=now, **{"name": "", "birthday": None, "locale": "en", **bad})
    assert identity.buyer_view(shop.id, buyer.buyer_id) == before


def test_saved_accounts_are_sealed_and_ones_own(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    saved = save_account(buyer=buyer, label="游戏号", value="player-777", now=now)
    assert [(a.label, a.value) for a in identity.saved_accounts(shop.id, buyer.buyer_id)] == [("游戏号", "player-777")]
    assert b"player-777" not in bytes(SavedAccount.objects.get(pk=saved).value_blob)
    other = make_buyer(shop.id, now, "other@example.com")
    with pytest.raises(NotListed):
        remove_saved_account(buyer=other, account_id=saved, now=now)
    assert SavedAccount.objects.filter(pk=saved).count() == 1
    remove_saved_account(buyer=buyer, account_id=saved, now=now)
    assert SavedAccount.objects.count() == 0
    with pytest.raises(InvalidProfile):
        save_account(buyer=buyer, label=" ", value="x", now=now)


def test_exactly_twenty_saved_accounts_under_load(buyer: SignedInBuyer, now: datetime) -> None:
    def one(i: int) -> bool:
        try:
            save_account(buyer=buyer, label=f"n{i}", value="v", now=now)
        except InvalidProfile:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(26))) == 20


# -- consent and notices ----------------------------------------------------------------------------


def test_consent_is_written_down_when_it_changes(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    assert identity.may_contact(shop.id, buyer.buyer_id, "email", "service")
    assert not identity.may_contact(shop.id, buyer.buyer_id, "sms", "marketing")
    wanted = {("email", "marketing"): True, ("email", "service"): True, ("sms", "service"): False}
    assert set_consent(buyer=buyer, wanted=wanted, source="test", now=now) == 2
    assert set_consent(buyer=buyer, wanted=wanted, source="test", now=now) == 0
    assert set_consent(buyer=buyer, wanted={("email", "marketing"): False}, source="test", now=now) == 1
    said = identity.consent_history(shop.id, buyer.buyer_id)
    assert [(c.channel, c.purpose, c.granted) for c in said] == [
        ("email", "marketing", True),
        ("sms", "service", False),
        ("email", "marketing", False),
    ]
    assert {(c.source, c.text_version) for c in said} == {("test", TEXT_VERSION)}
    assert not identity.may_contact(shop.id, buyer.buyer_id, "email", "marketing")
    assert not identity.may_contact(shop.id, buyer.buyer_id, "sms", "service")
    assert not identity.may_contact(shop.id, buyer.buyer_id, "pigeon", "service")
    with pytest.raises(InvalidProfile):
        set_consent(buyer=buyer, wanted={("pigeon", "service"): True}, source="test", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        BuyerConsent.objects.all().update(granted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        BuyerConsent.objects.all().delete()


def test_notices_are_read(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    note_export(buyer=buyer, with_codes=False, now=now)
    assert identity.unread_notices(shop.id, buyer.buyer_id) == 1
    assert read_notices(buyer=buyer, now=now) == 1
    assert read_notices(buyer=buyer, now=now) == 0
    assert identity.unread_notices(shop.id, buyer.buyer_id) == 0
    assert "identity.buyer_data_exported" in audited(shop)


# -- contacts ---------------------------------------------------------------------------------------


def ask(buyer: SignedInBuyer, contact: str, now: datetime) -> Any:
    return issue_code(
        shop_id=buyer.shop_id, contact=contact, purpose="contact", buyer_id=buyer.buyer_id, visitor=AWAY, now=now
    )


def confirm(buyer: SignedInBuyer, issued: Any, now: datetime, code: str = "") -> str:
    return confirm_contact(buyer=buyer, code_id=issued.code_id, code=code or issued.code, visitor=HOME, now=now)


def contacts(shop: ShopView, buyer: SignedInBuyer) -> list[str]:
    return [c.contact.value for c in identity.buyer_view(shop.id, buyer.buyer_id).contacts]


def test_contact_is_added_and_replaced_once_proven(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    issued = ask(buyer, "13800138000", now)
    assert contacts(shop, buyer) == [MAIL]
    with pytest.raises(InvalidCode):
        confirm(buyer, issued, now, f"{(int(issued.code) + 1) % 1_000_000:06d}")
    assert contacts(shop, buyer) == [MAIL]
    assert confirm(buyer, issued, now) == "phone"
    assert contacts(shop, buyer) == [MAIL, "+8613800138000"]
    confirm(buyer, ask(buyer, "new@example.com", now), now)
    assert contacts(shop, buyer) == ["new@example.com", "+8613800138000"]
    assert BuyerContact.objects.filter(shop_id=shop.id).count() == 2
    assert audited(shop).count("identity.buyer_contact_changed") == 2
    # The old address opens nothing any more.
    assert let_in(shop.id, now, MAIL).buyer_id != buyer.buyer_id


def test_contact_of_another_account_is_never_taken(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    other = make_buyer(shop.id, now, "other@example.com")
    issued = ask(buyer, "other@example.com", now)
    with pytest.raises(ContactTaken):
        confirm(buyer, issued, now)
    assert contacts(shop, buyer) == [MAIL]
    assert contacts(shop, other) == ["other@example.com"]


def test_another_buyers_code_confirms_nothing(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    other = make_buyer(shop.id, now, "other@example.com")
    issued = ask(other, "13800138000", now)
    with pytest.raises(InvalidCode):
        confirm(buyer, issued, now)
    assert contacts(shop, buyer) == [MAIL]


def test_last_way_in_stays(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    set_password(buyer=buyer, password=GOOD, now=now)
    with pytest.raises(LastWayIn):
        remove_contact(buyer=buyer, kind="email", now=now)
    with pytest.raises(NotListed):
        remove_contact(buyer=buyer, kind="phone", now=now)
    confirm(buyer, ask(buyer, "13800138000", now), now)
    remove_contact(buyer=buyer, kind="email", now=now)
    assert contacts(shop, buyer) == ["+8613800138000"]


def test_of_two_removals_at_once_one_way_in_stays(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    confirm(buyer, ask(buyer, "13800138000", now), now)

    def one(kind: str) -> bool:
        try:
            remove_contact(buyer=buyer, kind=kind, now=now)
        except LastWayIn:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(one, ("email", "phone"))) == 1
    assert len(contacts(shop, buyer)) == 1


# -- password and devices ---------------------------------------------------------------------------


def test_password_change_signs_other_browsers_out(shop: ShopView, now: datetime) -> None:
    mine, away = let_in(shop.id, now), let_in(shop.id, now, MAIL, AWAY)
    buyer = buyer_of(shop.id, mine, now)
    set_password(buyer=buyer, password=GOOD, now=now)
    assert identity.signed_in(shop.id, away.token, now) is None
    assert identity.signed_in(shop.id, mine.token, now) is not None
    assert BuyerDevice.objects.filter(shop_id=shop.id).count() == 1
    assert identity.buyer_view(shop.id, buyer.buyer_id).has_password
    assert Buyer.objects.get(pk=buyer.buyer_id).password.startswith("argon2")
    set_password(buyer=buyer, password="", now=now)
    assert not identity.buyer_view(shop.id, buyer.buyer_id).has_password
    assert [n.kind for n in identity.notices_of(shop.id, buyer.buyer_id)][:2] == ["password_removed", "password_set"]


@pytest.mark.parametrize("weak", ["lin@example.com", "好码小店2026", "password123"])
def test_weak_password_changes_nothing(shop: ShopView, buyer: SignedInBuyer, now: datetime, weak: str) -> None:
    away = let_in(shop.id, now, MAIL, AWAY)
    with pytest.raises(WeakPassword):
        set_password(buyer=buyer, password=weak, own_words=("好码小店", "2026"), now=now)
    assert not identity.buyer_view(shop.id, buyer.buyer_id).has_password
    assert identity.signed_in(shop.id, away.token, now) is not None


def test_one_browser_is_signed_out_and_no_longer_known(shop: ShopView, now: datetime) -> None:
    mine, away = let_in(shop.id, now), let_in(shop.id, now, MAIL, AWAY)
    buyer = buyer_of(shop.id, mine, now)
    assert len(identity.sessions_of(shop.id, buyer.buyer_id, now)) == 2
    stranger = make_buyer(shop.id, now, "other@example.com")
    with pytest.raises(NotListed):
        revoke_session(buyer=stranger, session_id=away.session_id, now=now)
    assert identity.signed_in(shop.id, away.token, now) is not None
    revoke_session(buyer=buyer, session_id=away.session_id, now=now)
    assert identity.signed_in(shop.id, away.token, now) is None
    with pytest.raises(NotListed):
        revoke_session(buyer=buyer, session_id=away.session_id, now=now)
    assert BuyerDevice.objects.filter(shop_id=shop.id, buyer_id=buyer.buyer_id).count() == 1


def test_all_browsers_are_signed_out(shop: ShopView, now: datetime) -> None:
    sessions = [let_in(shop.id, now), let_in(shop.id, now, MAIL, AWAY)]
    stranger = let_in(shop.id, now, "other@example.com")
    assert revoke_all_sessions(buyer=buyer_of(shop.id, sessions[0], now), now=now) == 2
    assert [identity.signed_in(shop.id, s.token, now) for s in sessions] == [None, None]
    assert identity.signed_in(shop.id, stranger.token, now) is not None
    assert not BuyerDevice.objects.filter(shop_id=shop.id, buyer_id=sessions[0].buyer_id).exists()


def test_proof_can_be_ended(shop: ShopView, now: datetime) -> None:
    session = let_in(shop.id, now)
    buyer = buyer_of(shop.id, session, now)
    assert end_proof(buyer=buyer)
    assert not end_proof(buyer=buyer)
    assert not identity.is_proof_fresh(buyer_of(shop.id, session, now), now)


# -- deletion ---------------------------------------------------------------------------------------


def test_deletion_can_be_taken_back_for_seven_days(shop: ShopView, now: datetime) -> None:
    mine, away = let_in(shop.id, now), let_in(shop.id, now, MAIL, AWAY)
    buyer = buyer_of(shop.id, mine, now)
    assert request_deletion(buyer=buyer, now=now) == now + timedelta(days=7)
    assert identity.signed_in(shop.id, away.token, now) is None
    with pytest.raises(WrongBuyerState):
        request_deletion(buyer=buyer, now=now)
    assert erase_due(now=now + timedelta(days=6, hours=22)) == 0
    # A sign-in meanwhile opens the same account.
    assert let_in(shop.id, now + timedelta(days=1), MAIL, known(HOME, mine)).buyer_id == buyer.buyer_id
    cancel_deletion(buyer=buyer, now=now + timedelta(days=6))
    assert erase_due(now=now + timedelta(days=30)) == 0
    with pytest.raises(WrongBuyerState):
        cancel_deletion(buyer=buyer, now=now)
    assert identity.buyer_view(shop.id, buyer.buyer_id).state == "active"


def test_erasure_is_announced_an_hour_before_and_cannot_be_taken_back_then(
    shop: ShopView, buyer: SignedInBuyer, now: datetime
) -> None:
    request_deletion(buyer=buyer, now=now)
    due = now + timedelta(days=7)
    with pytest.raises(WrongBuyerState):
        erase_buyer(shop_id=shop.id, buyer_id=buyer.buyer_id, now=due)
    assert not announce_erasure(shop_id=shop.id, buyer_id=buyer.buyer_id, now=now)
    assert erase_due(now=due - timedelta(minutes=50)) == 1
    assert erase_due(now=due - timedelta(minutes=50)) == 0
    (payload,) = sql("SELECT payload FROM kernel_event WHERE name = 'identity.buyer_erasing'")[0]
    assert json.loads(payload) == {"buyer_id": str(buyer.buyer_id)}
    with pytest.raises(WrongBuyerState):
        cancel_deletion(buyer=buyer, now=due)
    assert contacts(shop, buyer) == [MAIL]


def erase(buyer: SignedInBuyer, now: datetime) -> datetime:
    """Through the worker's loop."""
    request_deletion(buyer=buyer, now=now)
    due = now + timedelta(days=7)
    assert tasks.erase(due - timedelta(minutes=50)) == 1
    assert tasks.erase(due) == 1
    return due


def test_erased_buyer_leaves_no_contact_in_any_table(shop: ShopView, now: datetime) -> None:
    session = let_in(shop.id, now)
    buyer = buyer_of(shop.id, session, now)
    confirm(buyer, ask(buyer, "13800138000", now), now)
    change_profile(buyer=buyer, name="林小满", birthday=date(1994, 5, 6), locale="en", now=now)
    save_account(buyer=buyer, label="游戏号", value="player-777", now=now)
    set_password(buyer=buyer, password=GOOD, now=now)
    set_consent(buyer=buyer, wanted={("email", "marketing"): True}, source="test", now=now)
    indexes = identity.contact_indexes(shop.id, buyer.buyer_id)
    stranger = make_buyer(shop.id, now, "other@example.com")
    due = erase(buyer, now)
    for what in (MAIL.encode(), b"13800138000", "林小满".encode(), b"player-777", b"1994-05-06", *indexes):
        assert not rows_with(what), what
    assert identity.signed_in(shop.id, session.token, due) is None
    with pytest.raises(BuyerNotFound):
        identity.buyer_view(shop.id, buyer.buyer_id)
    assert not BuyerSession.objects.filter(shop_id=shop.id, buyer_id=buyer.buyer_id).exists()
    assert not BuyerSignin.objects.filter(shop_id=shop.id, buyer_id=buyer.buyer_id).exists()
    assert BuyerConsent.objects.filter(shop_id=shop.id, buyer_id=buyer.buyer_id).count() == 1
    assert contacts(shop, stranger) == ["other@example.com"]
    for truth in truths.INVARIANTS:
        assert run(truth, due).ok, truth.name
    # The contact is free again, for a new account.
    assert let_in(shop.id, due, MAIL).buyer_id != buyer.buyer_id
    with pytest.raises(IntegrityError), transaction.atomic():
        Buyer.objects.filter(pk=buyer.buyer_id).update(state="active", erase_at=None, erasing_at=None, erased_at=None)


def rows_with(what: bytes) -> list[str]:
    """Tables of ours in which any row holds these bytes, as text or as bytea."""
    tables = sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    text, hexed = what.decode("utf-8", "ignore"), what.hex()
    found = []
    for (table,) in tables:
        needles = [f"%{hexed}%"] + ([f"%{text}%"] if len(text) > 3 and text.isprintable() else [])
        for needle in needles:
            if sql(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1', [needle]):
                found.append(table)
    return found


def test_invariants_find_what_is_planted(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    by_name = {truth.name: truth for truth in truths.INVARIANTS}
    due = erase(buyer, now)
    BuyerNotice.objects.create(shop_id=shop.id, buyer_id=buyer.buyer_id, kind="x", at=now)
    found = run(by_name["identity.erased_buyer_leaves_nothing"], due)
    assert found.violations == ((str(buyer.buyer_id), "notice"),)
    late = make_buyer(shop.id, now, "late@example.com")
    request_deletion(buyer=late, now=now)
    assert run(by_name["identity.buyer_erased_in_time"], due + timedelta(days=2)).count == 1
    stray = BuyerDevice.objects.get(shop_id=shop.id, buyer_id=late.buyer_id)
    BuyerSession.objects.create(
        shop_id=uuid4(), buyer_id=late.buyer_id, token_hash=b"t" * 32, device_hash=bytes(stray.device_hash), label="",
        method="x", created_at=now, last_seen_at=now, expires_at=due,
    )  # fmt: skip
    assert run(by_name["identity.ways_in_belong_to_a_buyer_of_the_shop"], due).count == 1


# -- retention --------------------------------------------------------------------------------------


def test_what_is_kept_for_a_time_is_forgotten_after_it(shop: ShopView, now: datetime) -> None:
    session = let_in(shop.id, now)
    let_in(shop.id, now, MAIL, AWAY)
    counts: dict[str, Callable[[], int]] = {
        model.__name__: model.objects.filter(shop_id=shop.id).count
        for model in (OneTimeCode, Door, Ceremony, BuyerSignin, BuyerNotice, BuyerSession)
    }
    assert tasks.purge_buyers(now + timedelta(hours=5)) == 0
    assert counts["OneTimeCode"]() == 2
    purge_buyer_records(now=now + timedelta(hours=7))
    assert counts["OneTimeCode"]() == 0
    assert counts["BuyerSignin"]() == 2
    purge_buyer_records(now=now + timedelta(days=179))
    assert counts["BuyerSignin"]() == 2
    assert counts["Door"]() == 0
    purge_buyer_records(now=now + timedelta(days=181))
    assert (counts["BuyerSignin"](), counts["BuyerNotice"](), counts["BuyerSession"]()) == (0, 0, 0)
    assert Buyer.objects.filter(pk=session.buyer_id).exists()
