"""Parsing: what files look like when they arrive, and what is refused by name."""

import hashlib
import hmac
import os
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goodfor.vault.importing.sealing import blind_index
from goodfor.vault.parsing import problems as p
from goodfor.vault.parsing import sniff
from goodfor.vault.parsing.encoding import detect, kind_of
from goodfor.vault.parsing.fields import clean, fault_of, mask, parse_cost, parse_expiry
from goodfor.vault.parsing.layout import Layout
from goodfor.vault.parsing.lines import Parsed, Rules, parse
from goodfor.vault.parsing.names import role_of
from goodfor.vault.parsing.problems import FileProblem

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RULES = Rules(NOW)


def read(text: str, **told: object) -> tuple[Layout, Parsed]:
    """Understand and parse a text as one UTF-8 chunk."""
    layout = sniff.understand(
        [line.removesuffix("\r") for line in text.split("\n")],
        kind="text",
        encoding="utf-8",
        newline="\n",
        **told,  # type: ignore[arg-type]
    )
    return layout, parse(text.encode("utf-8", "surrogatepass"), 1, layout, RULES)


def pairs(text: str, **told: object) -> list[tuple[str, str]]:
    """(number, secret) of all lines, which must all be good."""
    parsed = read(text, **told)[1]
    assert parsed.faults == []
    return [(record[1].decode(), record[2].decode()) for record in parsed.records]


GOOD = [("0012345", "AB-01"), ("0012346", "AB-02"), ("0012347", "AB-03")]


@pytest.mark.parametrize(
    "separator", [",", "\t", "----", "-----", "，", "|", ";", "；", "：", ":", " ", "   ", " , ", " ---- ", "\u3000"]
)
@pytest.mark.parametrize("header", ["", "卡号{}卡密\n", "Card Number{}PIN\n"])
def test_separators_with_and_without_header(separator: str, header: str) -> None:
    if not separator.strip() and "Card" in header:
        header = "CardNumber{}PIN\n"
    text = header.format(separator) + "".join(f"{number}{separator}{secret}\n" for number, secret in GOOD)
    assert pairs(text) == GOOD


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_one_code_a_line_blank_lines_and_blanks(ending: str) -> None:
    text = ending.join(["", "000123", "  000124\u00a0", "\ufeff000125\u200b", "", "\u3000000126\u3000", "000127"])
    assert [secret for _, secret in pairs(text)] == ["000123", "000124", "000125", "000126", "000127"]


def test_one_code_without_line_end() -> None:
    assert pairs("ABCDEF") == [("", "ABCDEF")]


def test_a_trailing_comma_is_not_part_of_the_code() -> None:
    assert pairs("AAA-1,\nAAA-2,\n") == [("", "AAA-1"), ("", "AAA-2")]


def test_labels_in_each_line() -> None:
    text = "卡号：00123 卡密：AAA-1\n\n卡号:00124，卡密:AAA-2\n"
    layout, parsed = read(text)
    assert layout.labelled
    assert [(r[1], r[2]) for r in parsed.records] == [(b"00123", b"AAA-1"), (b"00124", b"AAA-2")]
    assert parse(b"what is this\n", 4, layout, RULES).faults == [(4, p.TOO_FEW_COLUMNS)]


def test_swapped_and_extra_columns_by_their_names() -> None:
    text = "序号,面值,密码,卡号,备注\n1,100,SEC-1,0001,x\n2,100,SEC-2,0002,\n"
    assert pairs(text) == [("0001", "SEC-1"), ("0002", "SEC-2")]


def test_titles_above_the_header_are_skipped() -> None:
    layout, parsed = read("某某卡券导出\n导出时间：2026-01-01 10:00\n卡号,卡密\n001,AAA\n002,BBB\n")
    assert layout.skip_lines == 3
    assert [r[0] for r in parsed.records] == [4, 5]


def test_only_numbers_means_that_they_are_sold() -> None:
    assert pairs("卡号\n001\n002\n") == [("", "001"), ("", "002")]
    assert pairs("兑换码,密码\nA1,B1\n") == [("A1", "B1")]


def test_expiry_and_cost_columns() -> None:
    text = (
        "卡号,卡密,有效期,成本\n1,A,2026-12-31,9.90\n2,B,2026/12/31 23:59:59,¥9.9\n"
        "3,C,20261231,9元\n4,D,2026年12月31日,\n5,E,永久,0\n"
    )
    records = read(text)[1].records
    end = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert [record[3] for record in records] == [end, datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), end, end, None]
    assert [record[4] for record in records] == [990, 990, 900, None, 0]


def test_expiry_column_without_header() -> None:
    layout, _ = read("001,AAA,2026-12-31\n002,BBB,2027-12-31\n")
    assert layout.columns == ("number", "secret", "expiry")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1,A,31/12/2026,1", p.BAD_EXPIRY),
        ("1,A,2026-02-30,1", p.BAD_EXPIRY),
        ("1,A,46387,1", p.BAD_EXPIRY),
        ("1,A,2025-12-30,1", p.ALREADY_EXPIRED),
        ("1,A,,1.999", p.BAD_COST),
        ("1,A,,-1", p.BAD_COST),
        ("1,A,,1,5", p.TOO_MANY_COLUMNS),
        ("1", p.TOO_FEW_COLUMNS),
        (",A,,", p.MISSING_NUMBER),
        ("1,,,", p.MISSING_SECRET),
        ("6.22202E+15,A,,", p.SCIENTIFIC_NOTATION),
        ("1,1.23457e+15,,", p.SCIENTIFIC_NOTATION),
        ("1,1.23457E15,,", p.SCIENTIFIC_NOTATION),
        ("1,A\x00B,,", p.NUL_BYTE),
        ("1,A\x07B,,", p.CONTROL_CHARACTER),
        ("1,A\tB,,", p.CONTROL_CHARACTER),
        ("1,A\ufffdB,,", p.CONTROL_CHARACTER),
        ("1," + "A" * 513 + ",,", p.TOO_LONG),
        ('1,"A,,', p.BAD_QUOTES),
        ("1,A\ud800,,", p.BAD_ENCODING),
    ],
)
def test_spoiled_lines_are_refused_by_name(line: str, problem: str) -> None:
    parsed = read(f"卡号,卡密,有效期,成本\n8,GOOD-8,,\n{line}\n9,GOOD-9,,\n")[1]
    assert parsed.faults == [(3, problem)]
    assert [record[0] for record in parsed.records] == [2, 4]


@pytest.mark.parametrize("code", ["1E5", "12E45678", "ABE+10X", "0" * 40, "A" * 512, "é-ü", "a b c", "=1+1", "1.5"])
def test_odd_but_good_codes_are_kept(code: str) -> None:
    assert pairs(f"卡号,卡密\n1,{code}\n")[0] == ("1", code)


def test_quotes_and_protected_text() -> None:
    text = '卡号,卡密\n"001","A,B"\n="002",="0003"\n"003","say ""hi"""\n'
    assert pairs(text) == [("001", "A,B"), ("002", "0003"), ("003", 'say "hi"')]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b,c\nd,e,f\n", p.COLUMNS_UNCLEAR),
        ("卡号,序列号,卡密\n1,2,3\n", p.COLUMNS_UNCLEAR),
        ("卡号,卡密\n", p.NO_CODES),
        ("\n\n  \n", p.NO_CODES),
        ("".join(f"622202123456{i:03d}0000\n" for i in range(9)), p.DIGITS_LOST),
    ],
)
def test_files_that_are_not_guessed(text: str, problem: str) -> None:
    with pytest.raises(FileProblem) as caught:
        read(text)
    assert caught.value.code == problem


def test_what_a_person_says_is_believed() -> None:
    assert pairs("x,y,z\na,b,c\n", columns=("-", "secret", "number"), skip_lines=1) == [("c", "b")]
    assert pairs("A:B\nC:D\n", separator="") == [("", "A:B"), ("", "C:D")]
    with pytest.raises(FileProblem):
        read("a,b\n", columns=("number", "expiry"))


def test_links_are_not_cut_at_the_colon() -> None:
    assert pairs("https://x.example/a?c=1\nhttps://x.example/b?c=2\n")[0] == ("", "https://x.example/a?c=1")


@pytest.mark.parametrize("name", ["卡 密", "兑换码（必填）", "CDKEY", "cd-key", "Redeem Code", "PIN*", "【卡密】密码"])
def test_names_of_secrets(name: str) -> None:
    assert role_of(name) == "secret"


def test_encodings() -> None:
    chinese = "卡号,卡密\n1,2\n"
    assert detect(chinese.encode(), whole_is_utf8=True, whole_is_gb18030=False) == ("utf-8", 0)
    assert detect(b"\xef\xbb\xbf1", whole_is_utf8=True, whole_is_gb18030=False) == ("utf-8", 3)
    assert detect(chinese.encode("gb18030"), whole_is_utf8=False, whole_is_gb18030=True) == ("gb18030", 0)
    assert detect(b"\xff\xfe1\x00", whole_is_utf8=False, whole_is_gb18030=False) == ("utf-16-le", 2)
    # A late broken line does not change what the beginning says.
    assert detect(b"abc\n", whole_is_utf8=False, whole_is_gb18030=False) == ("utf-8", 0)


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (b"", p.EMPTY_FILE),
        (b"\x89PNG\r\n", p.BINARY_FILE),
        (b"PK\x03\x04", p.BINARY_FILE),
        (bytes(range(32)) * 40, p.BINARY_FILE),
        (b"caf\xe9\xff\xfe and more \xff\xff\n" * 9, p.ENCODING_UNKNOWN),
    ],
)
def test_what_is_no_text(head: bytes, problem: str) -> None:
    with pytest.raises(FileProblem) as caught:
        detect(head, whole_is_utf8=False, whole_is_gb18030=False)
    assert caught.value.code == problem


def test_kinds() -> None:
    assert (kind_of(".XLSX", b""), kind_of(".txt", b"")) == ("sheet", "text")
    for suffix in (".xls", ".pdf", ".zip"):
        with pytest.raises(FileProblem) as caught:
            kind_of(suffix, b"")
        assert caught.value.code == p.UNSUPPORTED_TYPE


def test_masks_and_costs() -> None:
    assert (mask("ABCDEFGH"), mask("ABC"), mask("")) == ("AB****GH", "****", "")
    assert parse_cost("12", 0) == 12
    with pytest.raises(ValueError):
        parse_cost("1.5", 0)
    with pytest.raises(ValueError):
        parse_expiry("1999-01-01")


def test_fast_blind_index_is_hmac() -> None:
    for size in (16, 32, 64):
        key = os.urandom(size)
        for text in (b"", b"x", os.urandom(200)):
            assert blind_index(key)(text) == hmac.new(key, text, hashlib.sha256).digest()[:16]


CODE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), exclude_characters='",\ufffd'),
    min_size=1,
    max_size=40,
).filter(lambda text: text == clean(text) and fault_of(text) is None and not text.startswith("="))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CODE, CODE), min_size=1, max_size=20), st.sampled_from(["\n", "\r\n"]))
def test_round_trip(records: list[tuple[str, str]], ending: str) -> None:
    text = ending.join(["卡号,卡密", *(f"{number},{secret}" for number, secret in records)]) + ending
    assert pairs(text) == records


@example(b"\x02", "", "sheet")
@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([",", "", "\t", "----", " ", "\x1f"]), st.sampled_from(["text", "sheet"])
)
def test_no_bytes_break_the_parser_and_every_line_is_accounted_for(data: bytes, separator: str, kind: str) -> None:
    columns = ("secret",) if not separator else ("number", "secret")
    layout = Layout(kind, "utf-8", "\n", separator, columns)
    parsed = parse(data, 1, layout, RULES)
    assert parsed.lines == data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    seen = [record[0] for record in parsed.records] + [fault[0] for fault in parsed.faults]
    assert len(seen) == len(set(seen)) <= parsed.lines
    assert all(problem in p.LINE_PROBLEMS for _, problem in parsed.faults)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12), max_size=8),
    st.sampled_from(",\t;| "),
)
def test_the_fast_way_and_the_careful_way_agree(lines: list[str], separator: str) -> None:
    layout = Layout("text", "utf-8", "\n", separator, ("number", "secret"))
    data = "".join(f"{line}\n" for line in lines).encode()
    plain = parse(data, 1, layout, RULES)
    # A quoted last line makes the whole chunk go the careful way.
    careful = parse(data + f'"a"{separator}"b"\n'.encode(), 1, layout, RULES)
    assert plain.records == [record for record in careful.records if record[0] <= len(lines)]
    assert plain.faults == [fault for fault in careful.faults if fault[0] <= len(lines)]
