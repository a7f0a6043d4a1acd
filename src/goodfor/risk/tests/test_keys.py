"""Surrogate keys: one spelling, one number; another shop, another number; labels that give nobody away."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.risk import keys
from goodfor.risk.keys import canonical_of, keys_of, label_of
from goodfor.risk.tests.engine import act_of
from goodfor.risk.types import KIND_NUMBERS, SCENE_NUMBERS, KeyKind, Scene

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "written", "canonical"),
    [
        (KeyKind.ADDRESS, "203.0.113.7", "203.0.113.7"),
        (KeyKind.ADDRESS, " ::ffff:203.0.113.7 ", "203.0.113.7"),
        (KeyKind.ADDRESS, "64:ff9b::cb00:7107", "203.0.113.7"),
        (KeyKind.ADDRESS, "2002:cb00:7107::1", "203.0.113.7"),
        (KeyKind.ADDRESS, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (KeyKind.ADDRESS, "fe80::1%eth0", "fe80::/64"),
        (KeyKind.ADDRESS, "::1", "::/64"),
        (KeyKind.ADDRESS, "no address", ""),
        (KeyKind.ADDRESS, "1" * 5000, ""),
        (KeyKind.NETWORK, "203.0.113.7", "203.0.113.0/24"),
        (KeyKind.NETWORK, "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        (KeyKind.NETWORK, "::1", "::/48"),
        (KeyKind.NETWORK, "999.1.1.1", ""),
        (KeyKind.PHONE, "138 0013-8000", "+8613800138000"),
        (KeyKind.PHONE, "+86 138 0013 8000", "+8613800138000"),
        (KeyKind.PHONE, "008613800138000", "+8613800138000"),
        (KeyKind.PHONE, "+1 (415) 555-2671", "+14155552671"),
        (KeyKind.PHONE, "call me", "call me"),
        (KeyKind.MAIL, " A.B+shop@GMail.com ", "ab@gmail.com"),
        (KeyKind.MAIL, "a.b@googlemail.com.", "ab@gmail.com"),
        (KeyKind.MAIL, "a.b+x@example.com", "a.b@example.com"),
        (KeyKind.MAIL, "+x@example.com", "+x@example.com"),
        (KeyKind.MAIL, "Nobody", "nobody"),
        (KeyKind.BUYER, " buyer:1 ", "buyer:1"),
        (KeyKind.DEVICE, "   ", ""),
    ],
)
def test_one_spelling(kind: KeyKind, written: str, canonical: str) -> None:
    assert canonical_of(kind, written) == canonical


@pytest.mark.parametrize(
    ("kind", "canonical", "label"),
    [
        (KeyKind.ADDRESS, "203.0.113.7", "203.0.113.*"),
        (KeyKind.ADDRESS, "2001:db8:1:2::/64", "2001:db8:1::/48"),
        (KeyKind.NETWORK, "203.0.113.0/24", "203.0.113.0/24"),
        (KeyKind.PHONE, "+8613800138000", "+86138****8000"),
        (KeyKind.PHONE, "12", "12***"),
        (KeyKind.MAIL, "somebody@example.com", "s***@example.com"),
        (KeyKind.INSTRUMENT, "6222000011112222", "***2222"),
        (KeyKind.INSTRUMENT, "1234", "***"),
        (KeyKind.DEVICE, "d1696e1f2aabcdefghijklmnop", "d1696e1f2aab…"),
        (KeyKind.BUYER, "buyer:1", "buyer:1"),
        (KeyKind.BUYER, "x\x00\ud800" + "y" * 200, "x?" + "y" * 78),
    ],
)
def test_labels_are_masked_where_they_are_about_people(kind: KeyKind, canonical: str, label: str) -> None:
    assert label_of(kind, canonical) == label
    assert len(label_of(kind, canonical)) <= keys.LONGEST_LABEL


def test_stored_numbers_stay() -> None:
    assert list(KIND_NUMBERS.values()) == list(range(1, 10))
    assert list(SCENE_NUMBERS.values()) == list(range(1, 14))
    assert KIND_NUMBERS[KeyKind.BUYER] == 1
    assert KIND_NUMBERS[KeyKind.REFERRER] == 9
    assert SCENE_NUMBERS[Scene.EXPORT] == 13


@pytest.mark.django_db(transaction=True)
class TestHashes:
    """Keys of acts."""

    def test_a_key_is_of_its_shop_its_kind_and_its_value(self) -> None:
        shop = uuid4()
        found = keys_of(act_of(shop, NOW))
        assert set(found) == set(KeyKind)
        assert all(0 < key < 2**63 for key in found.values())
        assert len(set(found.values())) == len(found), "the same text under two kinds has two keys"
        assert found == keys_of(act_of(shop, NOW + timedelta(days=900), phone="+86 138 0013 8000"))
        assert not set(found.values()) & set(keys_of(act_of(uuid4(), NOW)).values())

    def test_what_says_nothing_has_no_key(self) -> None:
        found = keys_of(act_of(uuid4(), NOW, ip="nowhere", phone="", mail=" ", referrer="", batch="", instrument=""))
        assert set(found) == {KeyKind.BUYER, KeyKind.DEVICE}

    def test_hostile_texts_have_keys_too(self) -> None:
        found = keys_of(act_of(uuid4(), NOW, buyer="\x00\ud800", device="x" * 100_000))
        assert found[KeyKind.BUYER] > 0
        assert found[KeyKind.DEVICE] > 0
