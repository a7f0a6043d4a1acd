"""How amounts, moments, codes and face values are written, and the marks that machines read."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from goodfor.kernel.money import Money
from goodfor.kit import marks
from goodfor.kit import writing as tags


def test_code_is_grouped_for_the_eye_and_whole_for_the_clipboard() -> None:
    html = tags.grouped("7K3QXW2TM9PL5RBD")
    assert html.count('<span class="code-group">') == 4
    assert html.replace('<span class="code-group">', "").replace("</span>", "") == "7K3QXW2TM9PL5RBD"


@pytest.mark.parametrize("code", ["ABCD-EFGH", "https://example.com/r/x?y=1", "1234", "卡12345678"])
def test_code_with_its_own_form_is_left_alone(code: str) -> None:
    assert "code-group" not in tags.grouped(code)


def test_code_is_escaped() -> None:
    assert tags.grouped("<script>alert(1)</script>") == "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.mark.parametrize(
    ("label", "before", "number", "after", "words", "size"),
    [
        ("100元", "", "100", "元", "", "m"),
        ("¥50", "¥", "50", "", "", "l"),
        ("10,000点", "", "10,000", "点", "", "xs"),
        ("月卡", "", "", "", "月卡", "s"),
        ("12个月", "", "12", "个月", "", "l"),
    ],
)
def test_face_value(label: str, before: str, number: str, after: str, words: str, size: str) -> None:
    expected = {"before": before, "number": number, "after": after, "words": words, "size": size}
    assert tags.face_parts(label) == expected


def test_money_has_sign_two_decimals_and_separators() -> None:
    text = tags.money(Money(123456789, "CNY"))
    assert "¥" in text
    assert "1,234,567" in text
    assert ".89" in text
    assert tags.plain_money(Money(990, "CNY")) == "¥9.90"
    assert "−" in tags.money(Money(-100, "CNY"))


def test_spans_of_time_in_both_languages() -> None:
    assert [tags.seconds(s) for s in (0.4, 42, 180, 7200)] == ["不到 1 秒", "42 秒", "3 分钟", "2 小时"]
    with translation.override("en"):
        assert [tags.seconds(s) for s in (0.4, 42, 180, 7200)] == ["under 1 s", "42 s", "3 min", "2 h"]


def test_moments_as_people_say_them() -> None:
    now = timezone.now()
    assert tags.ago(now) == "刚刚"
    assert tags.ago(now - timedelta(minutes=3, seconds=5)) == "3 分钟前"
    assert tags.ago(now - timedelta(hours=2, minutes=1)) == "2 小时前"
    # What lies ahead is written out, never "just now".
    ahead = now + timedelta(days=3)
    assert tags.ago(ahead) == f"{ahead.astimezone(tags.BEIJING):%Y-%m-%d %H:%M}"
    assert 'title="' in tags.exact(now)


def test_every_symbol_of_code_128_is_11_modules_wide_and_different() -> None:
    assert len(marks._PATTERNS) == 106
    assert len(set(marks._PATTERNS)) == 106
    assert {sum(map(int, pattern)) for pattern in marks._PATTERNS} == {11}
    # The bars of each symbol are an even number of modules (ISO/IEC 15417).
    assert {sum(map(int, pattern[::2])) % 2 for pattern in marks._PATTERNS} == {0}


def test_code_128_by_hand() -> None:
    """PJJ123C in set B: 104 + 48 + 2*42 + 3*42 + 4*17 + 5*18 + 6*19 + 7*35 = 879 = 55 mod 103."""
    assert marks.code128_values("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55]
    # Digits in pairs (set C), an odd one before them in set B.
    assert marks.code128_values("123456")[:-1] == [105, 12, 34, 56]
    assert marks.code128_values("A12345")[:-1] == [104, 33, 17, 99, 23, 45]
    assert marks.code128_values("1234AB")[:-1] == [105, 12, 34, 100, 33, 34]


@pytest.mark.parametrize("text", ["", "卡密", "A" * 41, "A\nB"])
def test_code_128_leaves_out_what_it_cannot_hold(text: str) -> None:
    assert marks.code128(text, "label") == ""


def test_drawings_carry_no_styles_and_escape_their_labels() -> None:
    for drawing in (marks.qr("7K3Q", '"><script>'), marks.code128("7K3Q", '"><script>')):
        assert "<script>" not in drawing
        assert "style" not in drawing
        assert drawing.startswith("<svg")
        assert drawing.endswith("</svg>")
