"""What expressions mean: Kleene's tables, values that are not known, each function; words and explanations."""

import math
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from goodfor.risk.errors import BadExpression
from goodfor.risk.features import Feature, catalogue
from goodfor.risk.language import FUNCTIONS, ListReference, compile_many, parse
from goodfor.risk.language.limits import HUGE, TINY
from goodfor.risk.tests.language_sample import read

K: tuple[bool | None, ...] = (True, False, None)


def answer(text: str, snapshot: dict[str, Any]) -> bool | None:
    """Compiled and step by step, which must agree."""
    rule = read(text)
    found = rule.compile()(snapshot)
    assert rule.evaluate(snapshot) is found
    return found


@pytest.mark.parametrize(("left", "right"), list(product(K, K)))
def test_and_or_equal_of_two(left: bool | None, right: bool | None) -> None:
    """All nine pairs, not known both as None and as absent."""
    for snapshot in (
        {"vpn": left, "guest": right},
        {k: v for k, v in (("vpn", left), ("guest", right)) if v is not None},
    ):
        rank = {True: 1, None: 0, False: -1}
        smaller, larger = sorted((left, right), key=lambda value: rank[value])
        assert answer("vpn and guest", snapshot) is smaller
        assert answer("vpn or guest", snapshot) is larger
        both_known = left is not None and right is not None
        assert answer("vpn == guest", snapshot) is (left is right if both_known else None)
        assert answer("vpn != guest", snapshot) is (left is not right if both_known else None)
        assert answer("not (vpn and guest)", snapshot) is answer("not vpn or not guest", snapshot)
        assert answer("either(vpn, guest)", snapshot) is (right if left is None else left)


@pytest.mark.parametrize(("value", "negated"), [(True, False), (False, True), (None, None)])
def test_not_and_known(value: bool | None, negated: bool | None) -> None:
    """not known is not no; known has two answers only."""
    assert answer("not vpn", {"vpn": value}) is negated
    assert answer("not not vpn", {"vpn": value}) is value
    assert answer("known(vpn)", {"vpn": value}) is (value is not None)
    assert answer("vpn", {"vpn": value}) is value


def test_constants_decide_without_knowledge() -> None:
    """false and unknown is false; true or unknown is true."""
    assert answer("vpn and false", {}) is False
    assert answer("vpn or true", {}) is True
    assert answer("True and not False", {}) is True
    assert answer("1 < 2", {}) is True
    assert answer('"a" == "b"', {}) is False
    assert answer('known("a") and known(1) and either("a", mail) == "a"', {}) is True


@pytest.mark.parametrize("text", [
    "orders > 1", "orders < 1", "orders == 1", "orders != 1", "orders >= orders", "-orders < 1", "orders + 1 > 0",
    "orders * 0 == 0", "abs(orders) >= 0", "min(orders, 1) < 5", "max(1, orders) > 0", "orders in [1]",
    "orders not in [1]", 'mail == "a"', 'mail != "a"', "mail == mail", 'mail in ["a"]', 'mail not in ["a"]',
    'contains(mail, "")', 'contains("abc", mail)', 'starts_with(mail, "")', 'ends_with(mail, "")', "length(mail) >= 0",
    'lower(mail) == ""', "vpn == vpn", "vpn == true", "vpn", 'in_list("watched", device)', "either(orders, hours) > 0",
])  # fmt: skip
def test_what_is_missing_is_not_known(text: str) -> None:
    """Never silently false, and neither is its negation."""
    assert answer(text, {}) is None
    assert answer(f"not ({text})", {}) is None


@pytest.mark.parametrize("value", ["5", True, math.nan, math.inf, -math.inf, HUGE, -HUGE, 10**400, [5], {"a": 1}, b"5"])
def test_what_is_no_number_is_not_known(value: Any) -> None:
    """A text that looks like one, a truth, what JSON cannot hold, what is too large."""
    assert answer("orders > 4", {"orders": value}) is None
    assert answer("known(orders)", {"orders": value}) is False


def test_values_of_a_wrong_type_are_not_known() -> None:
    """Texts and truths alike; names of enumerations are texts."""
    assert answer('mail == "5"', {"mail": 5}) is None
    assert answer('mail == "true"', {"mail": True}) is None
    assert answer("vpn", {"vpn": 1}) is None
    assert answer("not vpn", {"vpn": 0}) is None
    assert answer("vpn", {"vpn": "true"}) is None
    kind = StrEnum("kind", {"CURL": "curl"})
    assert answer('agent == "curl" and agent in ["curl"]', {"agent": kind.CURL}) is True  # type: ignore[attr-defined]


def test_whole_numbers_and_fractions_compare_freely() -> None:
    """All are doubles: beyond 2^53 neighbours are one, tiny ones are 0, there is no -0 to be seen."""
    assert answer("orders == 1", {"orders": 1.0}) is True
    assert answer("orders == 9007199254740992", {"orders": 2**53 + 1}) is True
    assert answer("orders == 9007199254740992.0", {"orders": 2**53}) is True
    assert answer("orders == 0", {"orders": TINY / 2}) is True
    assert answer("orders > 0", {"orders": TINY}) is True
    assert answer("orders == 0 and orders in [0]", {"orders": -0.0}) is True
    assert answer("amount + score == 0.3", {"amount": 0.1, "score": 0.2}) is False
    assert answer("orders > 9e19", {"orders": 10**20 - 1}) is True


def test_division() -> None:
    """Of whole numbers too; by 0 it is not known."""
    assert answer("orders / hours == 0.5", {"orders": 1, "hours": 2}) is True
    assert answer("orders / hours > 0", {"orders": 1, "hours": 0}) is None
    assert answer("orders / hours > 0", {"orders": 1, "hours": -0.0}) is None
    assert answer("known(orders / hours)", {"orders": 1, "hours": 0}) is False
    assert answer("either(orders / hours, 9) == 9", {"orders": 1, "hours": 0}) is True
    assert answer("orders / hours > 0 or vpn", {"orders": 1, "hours": 0, "vpn": True}) is True


@pytest.mark.parametrize(("text", "expected"), [
    ("1 < orders < 10", True), ("1 < orders < 3", False), ("orders < hours < 3", None), ("hours > orders > 5", False),
    ("5 <= orders == 5.0 != 6", True), ("between(orders, 5, 5)", True), ("between(orders, 6, hours)", False),
    ("between(orders, hours, 4)", False), ("between(orders, hours, 5)", None), ("min(orders, 3, 4) == 3", True),
    ("max(orders, 3, 4) == 5", True), ("min(orders, hours) < 0", None), ("abs(-orders) == 5", True),
    ("orders - 2 - 1 == 2", True), ("orders - (2 - 1) == 4", True), ("2 + orders * 2 == 12", True),
    ("-orders + 5 == 0", True), ("20 / orders / 2 == 2", True), ("20 / (orders / 2) == 8", True),
    ("orders in [1, 5, 9]", True), ("orders in (1, -5)", False), ("orders not in [1]", True),
    ('contains(agent, "url")', True), ('contains(agent, "URL")', False), ('starts_with(agent, "C")', True),
    ('ends_with(agent, "8.0")', True), ('lower(agent) == "curl/8.0"', True), ("length(agent) == 8", True),
    ('lower("ÀÉİI") == "ÀÉİi"', True), ('length("é😀") == 2', True), ('agent in ["curl", "Curl/8.0"]', True),
    ('agent == "curl/8.0"', False), ("either(hours, 7) == 7", True), ('either(mail, "none") == "none"', True),
    ("either(orders, 7) == 5", True), ("known(orders) and not known(hours)", True), ("vpn == (orders > 4)", True),
    ("(orders > 4) != (hours > 4)", None), ("known(hours > 1)", False), ("known(hours > 1 or vpn)", True),
    ("either(hours > 1, vpn)", True), ("not either(hours > 1, not vpn)", True), ('in_list("watched", device)', True),
    ('not in_list("bad-mails", mail)', True), ('in_list("watched", orders)', None),
    ("orders > 4\n  and vpn\r\n\tand not guest", True), ("( orders>4 )and(vpn)", True),
])  # fmt: skip
def test_meanings(text: str, expected: bool | None) -> None:
    """One line each."""
    snapshot = {"orders": 5, "agent": "Curl/8.0", "vpn": True, "guest": False,
                "lists.watched.device": True, "lists.bad-mails.mail": False}  # fmt: skip
    assert answer(text, snapshot) is expected


def test_every_function_has_an_example_that_works() -> None:
    """Examples are shown to people who write rules."""
    names = dict.fromkeys(("mail", "phone", "agent", "province"), "text")
    names |= dict.fromkeys(("orders", "hours", "a", "b", "hour"), "number")
    features = catalogue([Feature(name, kind, name) for name, kind in names.items()])
    for function in FUNCTIONS.values():
        assert f"{function.name}(" in function.example
        assert parse(function.example, features).compile()({}) in (None, False)


def test_names_and_lists() -> None:
    """What must be in the snapshot before."""
    rule = read('orders > 1 and orders < hours or in_list("watched", device) and in_list("bad-mails", mail) and vpn')
    assert rule.names == {"orders", "hours", "vpn"}
    assert rule.lists == {ListReference("watched", "device"), ListReference("bad-mails", "mail")}
    assert rule.reads == rule.names | {"lists.watched.device", "lists.bad-mails.mail"}
    assert ListReference("watched", "device").key == "lists.watched.device"


def test_many_together() -> None:
    """In the order given; none at all; one; and no id twice."""
    rules = [("a", read("orders > 1")), ("b", read("hours > 1")), ("c", read("not (orders > 1)"))]
    assert compile_many(rules)({"orders": 2}) == (True, None, False)
    assert compile_many([])({"orders": 2}) == ()
    assert compile_many(rules[:1])({"orders": 2}) == (True,)
    assert compile_many([("a", read("true"))])({}) == (True,)
    with pytest.raises(ValueError, match="twice"):
        compile_many([*rules, rules[0]])


def test_compiled_rules_see_nothing_of_python() -> None:
    """No builtins, no names but the few helpers."""
    function: Any = read("orders > 1").compile()
    assert function.__globals__["__builtins__"] == {}
    assert set(function.__code__.co_names) <= {"fetch", "__class__", "int", "float", "nan", "as_number"}


def test_explanation() -> None:
    """Which part was what, with the values it saw, and which of them decided."""
    rule = read('orders > 3 and (mail == "a" or hours / orders > 2) and not vpn')
    parts = rule.explain({"orders": 5, "mail": "b", "hours": 20, "vpn": False})
    assert [(part.depth, part.joins, part.value, part.decided) for part in parts] == [
        (0, "and", True, True),
        (1, "", True, True),
        (1, "or", True, True),
        (2, "", False, False),
        (2, "", True, True),
        (1, "not", True, True),
        (2, "", False, True),
    ]
    assert parts[4].text == "hours / orders > 2"
    assert parts[4].values == (("hours", 20), ("orders", 5))
    assert parts[1].words == "数 orders 大于 3"

    parts = rule.explain({"orders": 1, "vpn": False})
    assert parts[0].value is False
    assert [part.text for part in parts if part.decided and not part.joins] == ["orders > 3"]

    parts = rule.explain({"orders": 9, "vpn": False, "mail": "b"})
    assert parts[0].value is None
    assert [part.text for part in parts if part.decided and not part.joins] == ["hours / orders > 2"]
    assert parts[4].values == (("hours", None), ("orders", 9))


@pytest.mark.parametrize(("text", "words"), [
    ("orders > 3 and not vpn", "数 orders 大于 3 并且 并非 真 vpn"),
    ("(vpn or guest) and orders != 0.5", "（真 vpn 或者 真 guest） 并且 数 orders 不是 0.5"),
    ('mail not in ["a", "b"]', "文 mail 不是 “a”、“b” 之一"),
    ("orders in [1, 2, 3, 4, 5, 6, 7]", "数 orders 是 1、2、3、4、5 等 7 个 之一"),
    ("amount / (orders + 1) >= 3", "数 amount ÷ （数 orders + 1） 不小于 3"),
    ('in_list("watched", device)', "设备 在名单 watched 中"),
    ("between(hours, 0, 6)", "数 hours 在 0 和 6 之间"),
    ("vpn == true", "真 vpn 是 是"),
    ("1 < orders < 3", "1 小于 数 orders 并且 数 orders 小于 3"),
    ("max(orders, -hours) < 3", "数 orders、−数 hours 中最大的 小于 3"),
])  # fmt: skip
def test_words(text: str, words: str) -> None:
    """As the analyst reads it."""
    assert read(text).words() == words


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("orders>5and vpn", None),
        ("((orders)) >  5", "orders > 5"),
        ("orders > 05", None),
        ("a", None),
        ("vpn and (guest and fresh)", "vpn and guest and fresh"),
        ("(vpn or guest) and fresh", "(vpn or guest) and fresh"),
        ("vpn or (guest and fresh)", "vpn or guest and fresh"),
        ("not (vpn)", "not vpn"),
        ("not(vpn or guest)", "not (vpn or guest)"),
        ("orders in (1,2)", "orders in [1, 2]"),
        ("orders == 1e3", "orders == 1000"),
        ("orders == 1e19", "orders == 1e+19"),
        ("orders == -0", "orders == 0"),
        ("orders == --5", "orders == 5"),
        ("mail == 'it''s'", None),
        ("mail == 'say \"hi\"'", 'mail == "say \\"hi\\""'),
        ("mail == '\\u202e\\t\\\\'", 'mail == "\\u202e\\t\\\\"'),
        ("(vpn == guest) == fresh", "(vpn == guest) == fresh"),
        ("orders - (hours - 1) == 0", "orders - (hours - 1) == 0"),
        ("(orders - hours) - 1 == 0", "orders - hours - 1 == 0"),
        ("-(orders + 1) < 0", "-(orders + 1) < 0"),
        ("(not vpn) == guest", "(not vpn) == guest"),
        ("known(((vpn)))", "known(vpn)"),
        ("True", "true"),
    ],
)
def test_canonical_text(text: str, canonical: str | None) -> None:
    """One way to write it; None: it is refused."""
    if canonical is None:
        with pytest.raises(BadExpression):
            read(text)
    else:
        assert read(text).text() == canonical
