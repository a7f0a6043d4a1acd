"""Codes as suppliers send them: labels, line ends, pictures, links, counts, doubles."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfor.supply.hygiene import (
    MAX_IMAGE,
    BadCode,
    codes_of_text,
    compared,
    counted,
    doubled,
    fault_in,
    image_fault,
    image_of,
    receive,
    shape_of,
    tidied,
    untangled,
)
from goodfor.supply.providers.values import Code

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def pairs(text: str) -> list[tuple[str, str]]:
    return [(code.number, code.secret) for code in codes_of_text(text).codes]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ABC-123", [("", "ABC-123")]),
        ("ABC-123\r\n\r\nDEF-456\r", [("", "ABC-123"), ("", "DEF-456")]),
        ("\ufeffN1----P1\r\n\u200bN2----P2\u200b\n", [("N1", "P1"), ("N2", "P2")]),
        ("N1------P1", [("N1", "P1")]),
        ("N1\tP1", [("N1", "P1")]),
        ("N 1 P 1", [("", "N 1 P 1")]),
        ("卡号：0001 密码：p w 1\r", [("0001", "p w 1")]),
        ("卡号:0001，密码:00x", [("0001", "00x")]),
        ("卡号：0001密码：00x", [("0001", "00x")]),
        ("卡号：A1\r\n密码：B1\r\n卡号：A2\r\n密码：B2\r\n", [("A1", "B1"), ("A2", "B2")]),
        ("密码：B1\n密码：B2", [("", "B1"), ("", "B2")]),
        ("密码：B1\n\n卡号：A2\n密码：B2", [("", "B1"), ("A2", "B2")]),
        ("感谢购买\n兑换码：AB:CD EF\n面值：100", [("", "AB:CD EF")]),
        ("card_no: A1; card_pwd: x", [("A1", "x")]),
        ("Password: x y z", [("", "x y z")]),
        ("", []),
        (" \r\n\u200b\n", []),
    ],
)
def test_texts(text: str, found: list[tuple[str, str]]) -> None:
    assert pairs(text) == found


def test_what_is_about_codes_is_a_note() -> None:
    told = codes_of_text("感谢购买\n兑换码：ABCD1234\n面值：100\n有效期至：2026-12-31")
    assert told.notes == ("感谢购买", "面值：100")
    assert told.codes[0].expires_at == datetime(2026, 12, 31, 16, tzinfo=UTC)
    told = codes_of_text("卡号：A1\n密码：ABCD1234\n有效期：很久\n验证码：9 9")
    assert (told.codes[0].verify_code, told.codes[0].expires_at, told.notes) == ("9 9", None, ("很久",))
    assert codes_of_text("有效期：2026-12-31").codes == ()


def test_a_link_is_one_wherever_it_stands() -> None:
    found = codes_of_text("链接：https://x.example/a:b?c=1\nhttps://x.example/z").codes
    assert [code.link for code in found] == ["https://x.example/a:b?c=1"]
    assert codes_of_text("https://x.example/a\nhttps://x.example/b").codes[1].link == "https://x.example/b"
    assert fault_in(Code(link="javascript:alert(1)")) == "bad_link"
    assert fault_in(Code(link="https://x.example/" + "a" * 2000)) == "bad_link"


def test_a_single_part_is_the_secret() -> None:
    assert tidied(Code(number="\ufeff 00 1\r\n")) == Code(secret="00 1")
    assert tidied(Code(number="A", secret="https://x.example/q")) == Code(number="A", link="https://x.example/q")


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (Code(), "empty"), (Code(verify_code="12"), "empty"), (Code(secret="a\x00b"), "nul_byte"),
        (Code(secret="a\tb"), "control_character"), (Code(secret="1.2E+15"), "scientific_notation"),
        (Code(secret="x" * 513), "too_long"), (Code(secret="x", number="a\x01"), "control_character"),
        (Code(secret="x", uses=0), "used_up"), (Code(image=b"<svg/>" * 9), "not_an_image"), (Code(secret="ok"), None),
        (Code(image=PNG), None), (Code(link="https://x.example"), None),
    ],
)  # fmt: skip
def test_faults(code: Code, fault: str | None) -> None:
    assert fault_in(code) == fault


def test_pictures() -> None:
    text = base64.b64encode(PNG).decode()
    assert image_of(text) == image_of(f"data:image/png;base64,{text}") == image_of(text.rstrip("=")) == PNG
    for broken, why in (
        ("%%%", "not_base64"),
        (base64.b64encode(b"MZ" * 20).decode(), "not_an_image"),
        ("data:image/svg+xml;base64," + text, "not_base64"),
        (base64.b64encode(PNG + b"\x00" * MAX_IMAGE).decode(), "image_too_large"),
        ("", "not_an_image"),
    ):
        with pytest.raises(BadCode) as caught:
            image_of(broken)
        assert caught.value.code == why
    assert image_fault(b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 9) is None
    assert image_fault(b"RIFF\x00\x00\x00\x00WAVEfmt " + b"\x00" * 9) == "not_an_image"


def test_shapes() -> None:
    later = datetime(2026, 2, 1, tzinfo=UTC)
    assert shape_of(Code(number="a", secret="b"), NOW).kind == "pair"
    assert shape_of(Code(secret="b", verify_code="1"), NOW).verify
    assert shape_of(Code(link="https://x.example", uses=3), NOW).uses == 3
    assert shape_of(Code(secret="b", uses=1), NOW).uses is None
    assert shape_of(Code(image=PNG, valid_from=later), NOW).waits_until == later
    assert shape_of(Code(secret="b", valid_from=NOW), NOW).waits_until is None
    assert shape_of(Code(), NOW).kind == "empty"


def test_a_set() -> None:
    got = receive([Code(secret="abcd-efgh"), Code(secret=" ABCD EFGH\r"), Code(secret="x\x01y")], 2)
    assert (got.count, got.doubled, got.faults) == ("more", (1,), ((2, "control_character"),))
    # As they came, not as they are compared.
    assert [code.secret for code in got.codes] == ["abcd-efgh", "ABCD EFGH", "x\x01y"]
    assert [counted(1, 2), counted(2, 2), counted(3, 2)] == ["fewer", "exact", "more"]
    assert "abcd" not in repr(got)


def test_short_passwords_and_links_are_no_doubles() -> None:
    assert doubled([Code(number="1", secret="1234"), Code(number="2", secret="1234")]) == ()
    assert doubled([Code(number="1", secret="1234"), Code(number="1", secret="12-34")]) == (1,)
    assert doubled([Code(secret="12345678"), Code(number="2", secret="1234 5678")]) == (1,)
    assert doubled([Code(link="https://x.example/aB"), Code(link="https://x.example/ab")]) == ()
    assert doubled([Code(image=PNG), Code(image=PNG)]) == (1,)
    assert doubled([Code(), Code()]) == ()


@given(st.text(max_size=60), st.sampled_from([" ", "-", "\u2014", "\u3000"]), st.integers(0, 60))
def test_gaps_and_case_do_not_matter(secret: str, gap: str, at: int) -> None:
    written = secret[:at] + gap + secret[at:]
    assert compared(Code(secret=written)) == compared(Code(secret=secret))
    assert compared(Code(secret=secret.upper())) == compared(Code(secret=secret))


@given(st.text(max_size=120))
def test_any_text_is_read_and_settled(text: str) -> None:
    told = codes_of_text(text)
    assert [tidied(code) for code in told.codes] == list(told.codes)
    assert all(code.secret or code.link or code.number for code in told.codes)


@given(st.lists(st.text(alphabet="ABC012xyz", min_size=1, max_size=12), min_size=1, max_size=8))
def test_plain_lines_come_back(secrets: list[str]) -> None:
    assert [code.secret for code in codes_of_text("\r\n".join(secrets)).codes] == secrets
    labelled = "\n".join(f"卡号：N{i} 密码：{secret}\r" for i, secret in enumerate(secrets))
    assert pairs(labelled) == [(f"N{i}", secret) for i, secret in enumerate(secrets)]


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        (Code(secret="卡号：N1\r\n密码：S-1"), Code("N1", "S-1")),
        (Code(secret="卡号:N1 密码:S-1", ref="7"), Code("N1", "S-1", ref="7")),
        # Two codes in one, a number of its own, or no label that is known: left as it came.
        (Code(secret="密码：S-1\n密码：S-2"), Code(secret="密码：S-1\n密码：S-2")),
        (Code("N1", "密码：S-1"), Code("N1", "密码：S-1")),
        (Code(secret="AB:CD"), Code(secret="AB:CD")),
        (Code(link="https://redeem.example/x"), Code(link="https://redeem.example/x")),
    ],
)
def test_a_labelled_text_that_came_as_one_part_is_taken_apart(came: Code, kept: Code) -> None:
    assert untangled(came) == kept
