"""Accounts that are right and wrong, forms, and patterns that suppliers send, also hostile ones."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goodfor.supply import formats
from goodfor.supply.formats import KAKAYUN, NAMES, PROBLEMS, SOFT, check, filled_in, normal, problems_of
from goodfor.supply.patterns import Unfit, fits
from goodfor.supply.providers.values import FormField

GOOD = {
    "any": ["x", "张三 1区", "a" * 128],
    "mobile": ["13800138000", "19912345678", "17012345678", "14012345678"],
    "qq": ["10000", "1234567890", "9999999999"],
    "qq_issued": ["10000", "3999999999", "999999999"],
    "qq_not_mobile": ["10000", "1380013800"],
    "wechat": ["wxid_8x", "a-b_c9", "A" * 20],
    "email": ["a@b.cn", "first.last+tag@mail.example.com"],
    "url": ["https://a.example/x?y=1", "http://a.example:8080"],
    "digits": ["0", "000123"],
    "mobile_real": ["13800138000"],
    "mobile_original": ["13800138000"],
    "mobile_cmcc": ["13800138000", "13488888888", "16512345678", "17051234567"],
    "mobile_unicom": ["13012345678", "16712345678", "17191234567"],
    "mobile_telecom": ["13312345678", "13491234567", "16212345678", "17001234567"],
    "mobile_cmcc_real": ["13800138000"],
    "mobile_unicom_real": ["18612345678"],
    "mobile_telecom_real": ["19912345678"],
    "mobile_cmcc_original": ["13800138000"],
    "mobile_unicom_original": ["18612345678"],
    "mobile_telecom_original": ["19912345678"],
    "mobile_or_qq": ["13800138000", "10000"],
    "mobile_or_wechat": ["13800138000", "wechat_1"],
    "qq_or_wechat": ["10000", "wechat_1"],
    "mobile_qq_or_wechat": ["13800138000", "10000", "wechat_1"],
    "no_mobile": ["10000", "a@b.cn", "138001380001"],
    "no_email": ["13800138000", "a@b"],
    "no_wechat": ["13800138000", "a@b.cn", "abc"],
    "no_mobile_or_email": ["10000", "abc"],
    "no_mobile_or_chinese": ["10000", "张三1"],
    "game_account": ["Ash 七", "0001"],
    "game_zone": ["华东一区（电信）"],
}
BAD = [
    ("any", "", "required"), ("any", "a" * 129, "too_long"), ("any", "a\nb", "control_character"),
    ("any", "a\x00b", "control_character"), ("any", "a\u2028b", "control_character"),
    ("mobile", "12800138000", "format"), ("mobile", "1380013800", "format"), ("mobile", "138001380000", "format"),
    ("mobile", "１３８００１３８０００", "format"), ("mobile", "13800138000\n", "control_character"),
    ("qq", "0123456", "format"), ("qq", "1234", "format"), ("qq", "12345678901", "format"),
    ("qq_issued", "4999999999", "format"), ("qq_not_mobile", "13800138000", "format"),
    ("wechat", "1abcdef", "format"), ("wechat", "abcde", "format"), ("wechat", "a" * 21, "format"),
    ("wechat", "微信号码啊啊", "format"), ("email", "a@b", "format"), ("email", "a b@c.cn", "format"),
    ("email", "a@-b.cn", "format"), ("url", "ftp://a.example", "format"), ("url", "https://u:p@a.example", "format"),
    ("url", "javascript:alert(1)", "format"), ("digits", "12a", "format"), ("digits", "٣", "format"),
    ("mobile_real", "17012345678", "virtual"), ("mobile_original", "16212345678", "virtual"),
    ("mobile_cmcc", "13012345678", "carrier_unsure"), ("mobile_telecom", "13481234567", "carrier_unsure"),
    ("mobile_cmcc_real", "17051234567", "virtual"), ("mobile_unicom_original", "13800138000", "carrier"),
    ("mobile_telecom_real", "19212345678", "carrier_unsure"), ("mobile_or_qq", "wechat_1", "format"),
    ("no_mobile", "13800138000", "unwanted"), ("no_email", "a@b.cn", "unwanted"), ("no_wechat", "abcdef", "unwanted"),
    ("no_mobile_or_email", "a@b.cn", "unwanted"), ("no_mobile_or_chinese", "张三", "unwanted"),
    ("game_zone", "x" * 65, "too_long"),
]  # fmt: skip


def test_every_name_has_good_ones() -> None:
    assert set(GOOD) == NAMES
    for name, texts in GOOD.items():
        assert {text: check(name, text) for text in texts} == dict.fromkeys(texts)
        # Nothing that is right is changed.
        assert [normal(name, text) for text in texts] == texts


@pytest.mark.parametrize(("name", "text", "problem"), BAD)
def test_bad_ones(name: str, text: str, problem: str) -> None:
    assert check(name, text) == problem
    assert problem in PROBLEMS


def test_a_number_that_was_carried_over_is_no_refusal() -> None:
    assert check("mobile_cmcc", "13012345678") in SOFT
    assert check("mobile_cmcc_original", "13012345678") not in SOFT


def test_numbers_of_a_vendor() -> None:
    assert set(KAKAYUN) == set(range(28))
    assert set(KAKAYUN.values()) <= NAMES
    assert KAKAYUN[13] == "mobile_telecom_real"
    assert KAKAYUN[27] == "no_mobile_or_chinese"


def test_ranges_do_not_overlap() -> None:
    prefixes = [(name, one) for name, ones in formats._RANGES.items() for one in ones]
    for name, one in prefixes:
        assert not [other for other in prefixes if other != (name, one) and other[1].startswith(one)]


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("mobile", " 138 0013-8000\u200b", "13800138000"),
        ("mobile", "１３８　００１３　８０００", "13800138000"),
        ("mobile", "+86 138 0013 8000", "13800138000"),
        ("mobile", "008613800138000", "13800138000"),
        ("mobile", "8613800138000", "8613800138000"),
        ("mobile_or_wechat", " ab-cd_1 ", "ab-cd_1"),
        ("mobile_or_wechat", "138 0013 8000", "13800138000"),
        ("email", "ａ＠ｂ．ｃｎ", "a@b.cn"),
        ("game_account", " Ａ　1 - 2 ", "Ａ　1 - 2"),
        ("nothing_known", " a ", "a"),
    ],
)
def test_as_it_is_kept(name: str, typed: str, kept: str) -> None:
    assert normal(name, typed) == kept


@given(st.sampled_from(sorted(NAMES)), st.text(max_size=40))
def test_normal_is_settled_at_once(name: str, text: str) -> None:
    once = normal(name, text)
    assert normal(name, once) == once
    assert check(name, once) in {None, *PROBLEMS}


FORM = (
    FormField("phone", "手机号", format="mobile"),
    FormField("zone", "区服", "choice", options=(("1", "一区"), ("2", "二区"))),
    FormField("tags", "标签", "choices", required=False, options=(("a", "甲"), ("b", "乙"))),
    FormField("count", "数量", "number", required=False),
    FormField("pw", "密码", "password", required=False),
    FormField("own", "编号", required=False, regex=r"^[A-Z]{2}\d{4}$"),
    FormField("odd", "怪", required=False, regex=r"(?=a)b"),
    FormField("note", "备注", "long", required=False),
)


def test_a_form() -> None:
    right = {"phone": " 138 0013 8000", "zone": "2", "tags": "a,b", "count": "１２", "pw": " p w ", "own": "AB0012"}
    assert problems_of(FORM, right) == {}
    assert filled_in(FORM, right) == {
        "phone": "13800138000", "zone": "2", "tags": "a,b", "count": "12", "pw": " p w ", "own": "AB0012"
    }  # fmt: skip


def test_what_is_wrong_with_a_form() -> None:
    wrong = {"zone": "3", "tags": "a,c", "count": "1e3", "own": "ab0012", "other": "x", "note": "y" * 2001, "odd": "c"}
    assert problems_of(FORM, wrong) == {
        "phone": "required", "zone": "option", "tags": "option", "count": "format", "own": "pattern",
        "other": "unknown", "note": "too_long",
    }  # fmt: skip
    assert problems_of(FORM, {"phone": "\u200b ", "zone": "1"}) == {"phone": "required"}
    assert problems_of(FORM, {"phone": "13800138000", "zone": "1", "note": "a\r\nb"}) == {}


PATTERNS = [
    r"^1[3456789]\d{9}$", r"^[1-9]\d{4,9}$", r"^[a-zA-Z][-_a-zA-Z0-9]{5,19}$", r"^\w+@\w+\.(com|cn)$", r"^(?:ab|c)*$",
    r"a?b+c*", r"^$", r"[^\d]x", r"^[\u4e00-\u9fa5]{2,4}$", r"^\d{2,}$", r"^(a|b(c|d){1,2})?e$", r"^[\w.-]{1,3}$",
    r"^.{2}$", r"[a\-z]+$", r"^a{0}b$", r"^(a*)*$", r"\x41|B", r"^[a\]]$",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATTERNS), st.text(alphabet="0123ab1cde-_.@mnA]x一二 \n", max_size=14))
@example(PATTERNS[0], "13800138000")
@example(PATTERNS[3], "a@b.com")
def test_patterns_say_what_they_say_elsewhere(pattern: str, text: str) -> None:
    # `$` of Python also stands before a last line break; that of browsers does not.
    told = re.search(pattern.replace("$", r"\Z"), text, re.ASCII) is not None
    assert fits(pattern, text) == told


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)b", r"(?!a)b", r"(?<a>b)", r"(a)\1", r"\bfoo", "a**", "a++", "(a", "a)", "[a", "[]", "a{2,1}", "a{300}",
        "*a", r"a\q", r"\u12", "(" * 30 + ")" * 30, "a" * 301, "((a{50}){50}){50}", "((((){255}){255}){255}){255}",
        r"[z-a]", r"[\d-z]{,3}",
    ],
)  # fmt: skip
def test_what_is_not_understood(pattern: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Unfit):
        fits(pattern, "aaaa")
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|aa)*$", r"^a*a*a*a*a*a*a*$", r"^(.*.*.*)*x$", r"(a?){99}a{99}"])
def test_what_explodes_elsewhere_ends_here(pattern: str) -> None:
    began = time.perf_counter()
    fits(pattern, "a" * 100 + "!")
    assert time.perf_counter() - began < 1.5


def test_slashes_around_a_pattern() -> None:
    assert fits(r"/^\d+$/", "12")
    assert not fits(r"/^\d+$/", "12a")
    assert not fits(r"^a*$", "a" * 513)
