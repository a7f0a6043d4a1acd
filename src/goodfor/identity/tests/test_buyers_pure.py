"""Contacts, devices, codes and passwords: what is taken, and in which spelling."""

from uuid import UUID, uuid4

import pytest
from django.contrib.auth.hashers import check_password

from goodfor.identity import passwords, states
from goodfor.identity.contacts import contact_index, open_contact, parse_contact, seal_contact
from goodfor.identity.errors import WeakPassword
from goodfor.identity.onetime import cleaned, code_hash, new_code
from goodfor.identity.types import Contact
from goodfor.identity.visitors import device_label, looks_like_token
from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.statemachine import IllegalTransition


@pytest.mark.parametrize(
    ("typed", "kind", "kept"),
    [
        ("Lin@Example.COM", "email", "lin@example.com"),
        (" 13800138000 ", "phone", "+8613800138000"),
        ("138 0013-8000", "phone", "+8613800138000"),
        ("+86 138 0013 8000", "phone", "+8613800138000"),
        ("8613800138000", "phone", "+8613800138000"),
        ("008613800138000", "phone", "+8613800138000"),
        ("+1 (415) 555-2671", "phone", "+14155552671"),
        ("００", "", ""),
        ("12345", "", ""),
        ("12800138000", "", ""),
        ("lin@", "", ""),
        ("lin@例子.cn", "", ""),
        ("a" * 121, "", ""),
        ("", "", ""),
        ("138\x000013800", "", ""),
    ],
)
def test_contacts_have_one_spelling(typed: str, kind: str, kept: str) -> None:
    found = parse_contact(typed)
    assert (found.kind, found.value) == (kind, kept) if found else (kind, kept) == ("", "")


def test_contacts_are_masked_and_never_printed() -> None:
    phone, mail = Contact("phone", "+8613800138000"), Contact("email", "lin@example.com")
    assert phone.masked == "138****8000"
    assert mail.masked == "l***@example.com"
    assert "138001" not in repr(phone)
    assert "lin" not in repr(mail)


@pytest.mark.django_db(transaction=True)
def test_sealed_contacts_belong_to_their_row_and_shop() -> None:
    shop_id, row_id, contact = uuid4(), uuid4(), Contact("email", "lin@example.com")
    sealed = seal_contact(shop_id, row_id, contact)
    assert b"lin" not in sealed.blob
    assert open_contact(shop_id, row_id, "email", sealed) == contact
    with pytest.raises(DecryptFailed):
        open_contact(shop_id, uuid4(), "email", sealed)
    with pytest.raises(DecryptFailed):
        open_contact(uuid4(), row_id, "email", sealed)
    assert contact_index(shop_id, contact) == contact_index(shop_id, Contact("email", "lin@example.com"))
    assert contact_index(shop_id, contact) != contact_index(uuid4(), contact)


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 MicroMessenger/8.0.47", "WeChat · Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_device_labels_are_coarse(agent: str, label: str) -> None:
    assert device_label(agent) == label


def test_tokens_and_codes() -> None:
    assert not looks_like_token("")
    assert not looks_like_token("x" * 39)
    assert not looks_like_token("x" * 42 + "\n")
    assert len({new_code() for _ in range(50)}) > 40
    assert all(len(code) == 6 and code.isdigit() for code in (new_code() for _ in range(50)))
    assert cleaned(" 12 34-56 ") == "123456"
    assert cleaned("１２３４５６") == "123456"
    assert cleaned("1234567890") != "123456"
    assert cleaned("12345x") == ""


@pytest.mark.django_db(transaction=True)
def test_code_hashes_are_keyed_and_bound_to_their_row() -> None:
    row = UUID(int=1)
    assert len(code_hash(row, "123456")) == 32
    assert code_hash(row, "123456") != code_hash(UUID(int=2), "123456")
    assert code_hash(row, "\ud800") != code_hash(row, "123456")


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "password1",
        "12345678",
        "qwertyuiop",
        "20011231",
        "aaaaaaaaaa",
        "lin-example",
        "13800138000",
        "goodfor123",
    ],
)
def test_weak_passwords_get_advice(weak: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        passwords.check_strength(weak, ["林小满", "lin@example.com", "+8613800138000", "13800138000"])
    assert str(refused.value.message)
    assert weak not in str(refused.value)


def test_strong_passwords_are_hashed_with_argon2_and_compared_in_equal_work() -> None:
    good = "湖边 纸飞机 吵闹 rhubarb"
    passwords.check_strength(good, ["lin"])
    stored = passwords.hash_password(good)
    assert stored.startswith("argon2")
    assert check_password(good, stored)
    assert passwords.matches(good, stored)
    assert not passwords.matches("other", stored)
    assert not passwords.matches("", "")
    assert not passwords.matches("x" * 100_000, stored)


def test_states_of_an_account() -> None:
    assert states.BUYER.terminal == {"erased"}
    states.BUYER.check("closing", "active")
    for pair in (("active", "erased"), ("erased", "active"), ("erased", "closing")):
        with pytest.raises(IllegalTransition):
            states.BUYER.check(*pair)
