"""What is wrong is refused at save: with its reason, the place, and what to do, in words."""

from typing import Any

import pytest

from goodfor.risk.errors import BadExpression
from goodfor.risk.features import NUMBER, Feature, catalogue
from goodfor.risk.language import from_tree, parse
from goodfor.risk.language.limits import MAX_ARGUMENTS, MAX_DEPTH, MAX_ITEMS, MAX_NAMES, MAX_TEXT
from goodfor.risk.language.refusals import REFUSALS
from goodfor.risk.tests.language_sample import FEATURES, read

MANY = catalogue([Feature(f"f{number}", NUMBER, f"f{number}") for number in range(80)])


def refused(text: str, features: Any = FEATURES) -> BadExpression:
    """The refusal; its place is within the text and its words are whole."""
    with pytest.raises(BadExpression) as caught:
        parse(text, features)
    error = caught.value
    data = error.data
    assert 0 <= data["position"] <= len(text)
    assert 0 <= data["length"] <= len(text) - data["position"]
    assert "%(" not in error.detail + data["hint"]
    before = text[: data["position"]]
    assert (data["line"], data["column"]) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    return error


#: Their place is a whole part of the text.
LOOSE = ("too_deep", "range")
#: (text, reason, where: the part of the text that is pointed at, a part of the hint)
CASES: list[tuple[str, str, str, str]] = [
    ("", "empty", "", "orders > 5"),
    (" \n\t ", "empty", " \n\t ", ""),
    ("orders > 1 " + " " * 2_000, "too_long", " " * 11, "拆成"),
    ("(" * 33 + "vpn" + ")" * 33, "too_deep", "(", "括号"),
    ("not " * 33 + "vpn", "too_deep", "not", ""),
    ("-" * 33 + "1 > 0", "too_deep", "-", ""),
    ("orders" + " + 1" * 40 + " > 0", "too_deep", "orders" + " + 1" * 9, ""),
    # Characters and signs
    ("orders >\u200b 5", "invisible", "\u200b", "\\u200b"),
    ("orders >\x00 5", "invisible", "\x00", "\\u0000"),
    ('mail == "a\u202eb"', "invisible", "\u202e", "\\u202e"),
    ("orders > \U000e0001 5", "invisible", "\U000e0001", "\\U000e0001"),
    ("（orders > 5）", "full_width", "（", "("),
    ("orders ＞ 5", "full_width", "＞", ">"),
    ("orders > 5 and mail == “a”", "full_width", "“", '"'),
    ("min(orders，hours) > 5", "full_width", "，", ","),
    ("orders ≥ 5", "full_width", "≥", ">="),
    ("orders × 5 > 1", "full_width", "×", "*"),
    ("orders > ５", "full_width", "５", "5"),
    ("ｏrders > 5", "full_width", "ｏ", "o"),
    ("orders\u3000> 5", "full_width", "\u3000", '" "'),
    ("orders\xa0> 5", "full_width", "\xa0", '" "'),
    ("о > 5", "letter", "о", "双引号"),
    ("省份 == 5", "letter", "省", "双引号"),
    ("orders ** 2 > 5", "sign", "**", "+ - * /"),
    ("orders // 2 > 5", "sign", "//", ""),
    ("orders % 2 == 1", "sign", "%", ""),
    ("orders = 5", "instead", "=", "=="),
    ("vpn && guest", "instead", "&&", "and"),
    ("vpn || guest", "instead", "||", "or"),
    ("!vpn", "instead", "!", "not"),
    ("orders <> 5", "instead", "<>", "!="),
    ("orders => 5", "instead", "=>", ">="),
    ("orders in {1, 2}", "instead", "{", "["),
    ("vpn AND guest", "instead", "AND", "and"),
    ("vpn is true", "instead", "is", "=="),
    ("mail.lower() == 1", "dot", ".", "0.5"),
    ("orders > 5 # many", "comment", "# many", "说明"),
    ("1 if vpn else 2", "word", "if", ""),
    ("lambda: 1", "word", "lambda", ""),
    ("mail == None", "nothing", "None", "known(x)"),
    ("mail != null", "nothing", "null", "known(x)"),
    # Literals
    ("orders > 1.2.3", "number", "1.2.3", "0.5"),
    ("orders > 007", "number", "007", ""),
    ("orders > 1_000", "number", "1_000", ""),
    ("orders > 0x10", "number", "0x10", ""),
    ("orders > 5and vpn", "number", "5and", "空一格"),
    ("orders > 3j", "number", "3j", ""),
    ("orders > 1e400", "number_size", "1e400", "1e20"),
    ("orders > 1e20", "number_size", "1e20", ""),
    ("orders > 1e-21", "number_size", "1e-21", ""),
    ("orders > 1e-999", "number_size", "1e-999", ""),
    ("orders > " + "9" * 33, "number_size", "9" * 33, ""),
    ("orders > " + "9" * 21, "number_size", "9" * 21, ""),
    ("orders in [1, -1e20]", "number_size", "-1e20", ""),
    ("orders > 9007199254740993", "number_exact", "9007199254740993", "9007199254740992"),
    ('mail == "abc', "text_open", '"abc', '"'),
    ("mail == 'abc\n'", "text_open", "'abc", "'"),
    ('mail == b"abc"', "text_prefix", "b", ""),
    ('mail == f"{orders}"', "text_prefix", "f", ""),
    ('mail == """abc"""', "text_triple", '"""', ""),
    ('mail == "a\\d"', "text_escape", "\\d", "两个"),
    ('mail == "a\\N{BULLET}"', "text_escape", "\\N", ""),
    ('mail == "a\\u0000"', "text_character", '"a\\u0000"', "U+0000"),
    ('mail == "a\\ud800"', "text_character", '"a\\ud800"', ""),
    (f'mail == "{"a" * (MAX_TEXT + 1)}"', "text_long", f'"{"a" * (MAX_TEXT + 1)}"', ""),
    # Order
    ("orders >", "value_missing", "", ""),
    ("orders > and vpn", "value_missing", "and", ""),
    ("+orders > 1", "value_missing", "+", ""),
    ("() > 1", "value_missing", ")", ""),
    ("(vpn, ) and guest", "value_missing", ")", ""),
    ("orders > 1 vpn", "operator_missing", "vpn", "and"),
    ("orders > 1\nhours > 2", "operator_missing", "hours", "and"),
    ('mail in ["a" "b"]', "operator_missing", '"b"', "逗号"),
    ("vpn not guest", "operator_missing", "not", ""),
    ("5(1) > 2", "operator_missing", "(", ""),
    ("(vpn and (guest or fresh)", "bracket_open", "(", ")"),
    ("vpn)", "bracket_stray", ")", "("),
    ("(vpn]", "bracket_wrong", "]", ""),
    ("mail[0] == 1", "subscript", "[", "in"),
    ("vpn, guest", "comma", ",", "and"),
    ("(vpn, guest)", "comma", "(vpn, guest)", ""),
    ("vpn == not guest", "unreadable", "not guest", "括号"),
    ("known(vpn)(1) and vpn", "operator_missing", "(", ""),
    # Names
    ("amout > 5", "unknown_name_near", "amout", "amount"),
    ("Orders > 5", "unknown_name_near", "Orders", "orders"),
    ("ture or vpn", "unknown_name_near", "ture", "true"),
    ("xyzzy > 5", "unknown_name", "xyzzy", "双引号"),
    ("__import__ > 5", "unknown_name", "__import__", ""),
    ("contain(mail, 'a')", "unknown_function_near", "contain", "contains"),
    ("pow(orders, 2) > 1", "unknown_function", "pow", "starts_with"),
    ("orders(1) > 1", "not_a_function", "orders", "括号"),
    ("length > 1", "not_called", "length", "length(agent)"),
    ("in_list(watched, device)", "list_name", "watched", "in_list("),
    ('in_list("Watched list", device)', "list_name", '"Watched list"', ""),
    ('in_list("watched", "device")', "list_subject", '"device"', "address"),
    ('in_list("watched", xyzzy)', "list_subject", "xyzzy", "address"),
    ('in_list("watched", devise)', "unknown_name_near", "devise", "device"),
    # Types
    ("orders + 1", "whole", "orders + 1", "x > 0"),
    ("mail", "whole", "mail", ""),
    ("orders and vpn", "truth", "orders", "x > 0"),
    ("vpn or not mail", "truth", "mail", ""),
    ("orders + mail > 1", "arithmetic", "mail", "length(x)"),
    ("-vpn > 1", "arithmetic", "vpn", ""),
    ('orders > "5"', "compare_quoted", '"5"', "不加引号"),
    ("mail == 5", "compare_bare", "5", "加引号"),
    ("orders == mail", "compare", "mail", "同一种"),
    ("vpn == 1", "compare", "1", ""),
    ('mail < "b"', "order", '"b"', "=="),
    ("vpn > false", "order", "false", ""),
    ("vpn == guest == fresh", "chain", "vpn == guest == fresh", "and"),
    ("length(mail, 1) > 2", "arguments", "length(mail, 1)", "length(agent)"),
    ("known()", "arguments", "known()", "known("),
    ('in_list("watched")', "arguments", 'in_list("watched")', ""),
    (f"min({', '.join(['orders'] * (MAX_ARGUMENTS + 1))}) > 1", "arguments",
     f"min({', '.join(['orders'] * (MAX_ARGUMENTS + 1))})", "min(a, b)"),
    ("length(orders) > 1", "argument", "orders", "length("),
    ("either(orders, mail) == 1", "argument", "mail", "either("),
    ("between(orders, 1, mail)", "argument", "mail", ""),
    ("orders / 0 > 1", "zero", "0", ""),
    ("*".join(["orders"] * 16) + " > 1", "range", "*".join(["orders"] * 15), "拆成"),
    # in
    ("orders in hours", "in_list_needed", "hours", "["),
    ("mail in 5", "in_list_needed", "5", "["),
    ('"qq" in mail', "in_text", "mail", 'contains(mail, "qq")'),
    ("1 < orders in [1]", "in_chain", "1 < orders in [1]", "and"),
    ("orders in []", "items_none", "orders in []", ""),
    (f"orders in [{','.join(['1'] * (MAX_ITEMS + 1))}]", "items_many", f"orders in [{','.join(['1'] * MAX_ITEMS)}",
     "in_list"),
    ("orders in [1, hours]", "items_kind", "hours", "["),
    ("orders in [[1]]", "items_kind", "[1]", ""),
    ("vpn in [true]", "items_kind", "true", ""),
    ('mail in ["a", 1]', "items_types", "1", "同一种"),
    ("[orders]", "items_place", "[orders]", "in"),
    # Python has more forms; each is stopped by its first sign or word.
    ("vpn or (guest := 1)", "instead", ":=", ""),
    ("min(*orders) > 1", "value_missing", "*", ""),
    ("min(a=1) > 1", "instead", "=", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "where", "hint"), CASES, ids=[f"{c[1]}-{c[0][:20]}" for c in CASES])
def test_refusals(text: str, reason: str, where: str, hint: str) -> None:
    """Reason, place and hint of each."""
    error = refused(text)
    data = error.data
    assert data["reason"] == reason
    assert text[data["position"] : data["position"] + data["length"]].startswith(where) or reason in (
        "too_deep",
        "range",
    )
    assert hint in data["hint"]
    assert error.http_status == 422
    assert error.problem()["position"] == data["position"]


def test_too_many() -> None:
    """Names, parts, and a text that grows when it is written out."""
    error = refused(" or ".join(f"f{number} > 1" for number in range(MAX_NAMES + 1)), MANY)
    assert error.data["reason"] == "too_many_names"
    assert parse(" or ".join(f"f{number} > 1" for number in range(60)), MANY).names == {f"f{n}" for n in range(60)}
    assert refused(" or ".join(["f1 > 1"] * 80), MANY).data["reason"] == "too_many_parts"
    long = "or ".join([f"f1 in[{','.join(['1'] * 199)}]"] * 4)
    assert len(long) < 2_000
    assert refused(long, MANY).data["reason"] == "too_long"


def test_lines_and_columns() -> None:
    """Counted as an editor counts; wide characters are one."""
    data = refused('mail == "广东😀"\n  and amout > 1').data
    assert (data["line"], data["column"], data["position"], data["length"]) == (2, 7, 20, 5)
    data = refused('mail == "广东😀" and amout > 1').data
    assert (data["line"], data["column"], data["position"], data["length"]) == (1, 19, 18, 5)


def test_every_refusal_has_its_case() -> None:
    """None is written for nothing."""
    elsewhere = {"too_many_parts", "too_many_names", "tree", "version", "form"}
    assert {reason for _, reason, _, _ in CASES} == set(REFUSALS) - elsewhere


def test_python_forms_that_the_scanner_does_not_know_are_refused_by_the_reader_too(monkeypatch: Any) -> None:
    """The second wall: what Python's parser makes is checked even if the first wall were down."""
    from goodfor.risk.language import reading  # noqa: PLC0415

    monkeypatch.setattr(reading, "scan", lambda source: [])
    monkeypatch.setattr(reading, "check_order", lambda source, tokens: None)
    for text in (
        "mail.lower", "mail[0]", "[x for x in mail]", "(lambda: 1)", "f'{mail}'", "b'a' == b'a'", "orders ** 2 > 1",
        "vpn if vpn else vpn", "(vpn := true)", "{1: 2}", "{1, 2}", "(yield)", "orders @ hours > 1", "~orders > 1",
        "orders // 2 > 1", "orders % 2 > 1", "vpn is true", "...", "1j == 1j", "known(*mail)", "known(x=mail)",
        "(x for x in mail)", "min(orders, 1)(2)", "orders << 1 > 1", "orders | 1 > 1", "+orders > 1", "known(vpn).x",
        "None", "await x", "mail == 'a' 'b' f'c'", "[*mail]", "orders > 10**9**9", "__import__('os').system('x')",
    ):  # fmt: skip
        with pytest.raises(BadExpression):
            read(text)


BAD_TREES: list[Any] = [
    None,
    [],
    {},
    "vpn",
    {"version": 1},
    {"version": 1, "root": ["name", "vpn"], "more": 1},
    {"version": 1, "root": None},
    {"version": 2, "root": ["name", "vpn"]},
    {"version": True, "root": ["name", "vpn"]},
    {"version": "1", "root": ["name", "vpn"]},
    *(
        {"version": 1, "root": root}
        for root in (
            ["name", "gone"],
            ["name", 5],
            ["name"],
            ["name", "vpn", "x"],
            ["number", 5],
            ["number", True],
            ["truth", 1],
            ["text", "a"],
            ["and", []],
            ["and", [["name", "vpn"]]],
            ["or", "vpn"],
            ["xor", ["name", "vpn"], ["name", "vpn"]],
            ["compare", ["name", "orders"], []],
            ["compare", ["name", "orders"], [["in", ["number", 1]]]],
            ["compare", ["name", "orders"], [["<", ["text", "1"]]]],
            ["compare", ["name", "orders"], [["<"]]],
            ["in", ["name", "orders"], []],
            ["in", ["name", "orders"], [True]],
            ["in", ["name", "orders"], [None]],
            ["in", ["name", "orders"], ["a"]],
            ["in", ["name", "orders"], [float("nan")]],
            ["in", ["name", "orders"], {"a": 1}],
            ["call", "known", []],
            ["call", "eval", [["text", "1"]]],
            ["call", "in_list", [["text", "a"], ["name", "vpn"]]],
            ["call", "known", ["name", "vpn"]],
            ["listed", "A B", "device"],
            ["listed", "watched", "nobody"],
            ["not"],
            ["compare", ["number", float("nan")], [["==", ["number", 1]]]],
            ["**", ["number", 1], ["number", 1]],
            ["compare", ["/", ["name", "orders"], ["number", 0]], [[">", ["number", 1]]]],
            {"name": "vpn"},
            ["compare", ["text", "a\0"], [["==", ["text", "a"]]]],
            ["compare", ["text", "a" * 201], [["==", ["text", "a"]]]],
        )
    ),
]


@pytest.mark.parametrize("tree", BAD_TREES, ids=[str(number) for number in range(len(BAD_TREES))])
def test_bad_trees(tree: Any) -> None:
    """A stored tree is believed no more than a text."""
    with pytest.raises(BadExpression) as caught:
        from_tree(tree, FEATURES)
    assert "%(" not in caught.value.detail
    assert caught.value.data["position"] == 0


def test_a_tree_may_not_be_deeper_than_a_text() -> None:
    """And is refused before anything runs out."""
    tree: Any = ["name", "vpn"]
    for _ in range(MAX_DEPTH - 1):
        tree = ["not", tree]
    assert from_tree({"version": 1, "root": tree}, FEATURES).text().count("not") == MAX_DEPTH - 1
    assert read(from_tree({"version": 1, "root": tree}, FEATURES).text()).tree()["root"] == tree
    for _ in range(100_000):
        tree = ["not", tree]
    with pytest.raises(BadExpression) as caught:
        from_tree({"version": 1, "root": tree}, FEATURES)
    assert caught.value.data["reason"] == "too_deep"
    # Taken apart from outside: Python frees deep lists by itself, comparing them would not end well.
    while len(tree) == 2 and isinstance(tree[1], list):
        tree = tree[1]
