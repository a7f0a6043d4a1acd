"""Codes of one's own brand: every slip found, every way of writing read; slips are free, but not endless."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.kernel.ids import uuid7
from goodfor.risk.doors import codes, typos

NUMBERS = st.integers(0, (1 << codes.BITS) - 1)
PLACES = st.integers(0, codes.LENGTH - 1)
LETTERS = st.sampled_from(codes.ALPHABET)


@given(NUMBERS)
def test_a_code_is_read_as_it_was_made(number: int) -> None:
    code = codes.with_checks(number)
    assert len(code) == 20
    assert codes.is_sound(code)
    assert codes.parse_code(code) == code
    assert codes.parse_code(codes.shown(code)) == code


@settings(max_examples=300)
@given(NUMBERS)
def test_every_single_slip_and_every_change_of_places_is_found(number: int) -> None:
    """All 620 single slips, all 190 pairs that change places; adjacent ones among them."""
    code = codes.with_checks(number)
    for place in range(codes.LENGTH):
        for letter in codes.ALPHABET:
            if letter != code[place]:
                assert codes.parse_code(code[:place] + letter + code[place + 1 :]) is None
        for other in range(place):
            if code[place] != code[other]:
                letters = list(code)
                letters[place], letters[other] = letters[other], letters[place]
                assert codes.parse_code("".join(letters)) is None


@settings(max_examples=2000)
@given(NUMBERS, st.lists(st.tuples(PLACES, LETTERS), min_size=1, max_size=3))
def test_up_to_three_slips_are_found(number: int, slips: list[tuple[int, str]]) -> None:
    code = codes.with_checks(number)
    letters = list(code)
    for place, letter in slips:
        letters[place] = letter
    changed = "".join(letters)
    assert codes.is_sound(changed) == (changed == code)


@settings(max_examples=300)
@given(NUMBERS, PLACES, PLACES, LETTERS)
def test_a_letter_lost_here_and_another_put_there(number: int, lost: int, put: int, letter: str) -> None:
    """What three check characters find but for one in 32,768."""
    code = codes.with_checks(number)
    shorter = code[:lost] + code[lost + 1 :]
    changed = shorter[:put] + letter + shorter[put:]
    assert codes.parse_code(shorter) is None
    assert codes.parse_code(code + letter) is None
    if changed != code:
        assert codes.parse_code(changed) in (None, changed)


def test_random_texts_hardly_ever_pass() -> None:
    passed = sum(codes.is_sound(f"{codes.new_code()[:17]}{n % 10}{n // 10 % 10}{n // 100 % 10}") for n in range(20_000))
    assert passed < 10


@pytest.mark.parametrize("write", [
    str.lower, str.title, codes.shown, lambda code: "  ".join(code), lambda code: f"\u3000{code}\n",
    lambda code: "".join(chr(ord(letter) + 0xFEE0) for letter in code),
    lambda code: codes.shown(code).replace("-", "－"), lambda code: codes.shown(code).replace("-", "—"),
    lambda code: codes.shown(code).replace("-", " - ").lower(), lambda code: codes.shown(code).replace("-", "."),
    lambda code: code.replace("0", "O").replace("1", "l"), lambda code: code.replace("0", "o").replace("1", "I"),
])  # fmt: skip
def test_people_write_codes_in_many_ways(write: object) -> None:
    for _ in range(50):
        code = codes.new_code()
        assert codes.parse_code(write(code)) == code, write(code)  # type: ignore[operator]


@given(st.text(max_size=200))
def test_whatever_comes_is_no_code(text: str) -> None:
    assert codes.parse_code(text) is None


def test_hostile_lengths_cost_nothing() -> None:
    assert codes.parse_code("0" * 10_000_000) is None
    assert codes.parse_code("ﷺ" * 80) is None


def test_codes_are_random_everywhere() -> None:
    """Each of the 32 characters at each of the random places, within five sigma of its share."""
    made = [codes.new_code() for _ in range(6400)]
    assert len(set(made)) == len(made)
    assert codes.BITS == 85
    for place in range(codes.LENGTH):
        counts = Counter(code[place] for code in made)
        assert set(counts) == set(codes.ALPHABET)
        assert all(abs(count - 200) < 75 for count in counts.values()), place


def test_no_look_alikes() -> None:
    assert not set("ILOU") & set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == 32
    with pytest.raises(ValueError, match="85"):
        codes.with_checks(1 << 85)


@pytest.mark.django_db
def test_fingerprints_belong_to_a_shop() -> None:
    code, shop = codes.new_code(), uuid7()
    assert len(codes.code_fingerprint(shop, code)) == 16
    assert codes.code_fingerprint(shop, code) == codes.code_fingerprint(shop, code)
    assert codes.code_fingerprint(shop, code) != codes.code_fingerprint(uuid7(), code)


def test_slips_are_free_but_not_endless(now: datetime) -> None:
    """Ten within ten minutes, per asker, shop and door; remembered for a bounded number of askers."""
    typos.forget()
    shop = uuid7()
    assert [typos.is_free(shop, "redeem", "d", now) for _ in range(12)] == [True] * 10 + [False] * 2
    assert typos.is_free(shop, "redeem", "e", now)
    assert typos.is_free(shop, "coupon", "d", now)
    assert typos.is_free(uuid7(), "redeem", "d", now)
    assert not typos.is_free(shop, "redeem", "d", now + timedelta(minutes=9))
    assert typos.is_free(shop, "redeem", "d", now + timedelta(minutes=11))
    for n in range(typos.MOST + 100):
        typos.is_free(shop, "redeem", f"x{n}", now)
    assert len(typos._seen) == typos.MOST
    typos.forget()
