"""One meaning: the compiled function, the explaining one and PostgreSQL say the same of made-up rules and snapshots."""

import json
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from goodfor.risk.errors import BadExpression
from goodfor.risk.language import Expression, compile_many, from_tree
from goodfor.risk.tests.language_sample import FEATURES, SNAPSHOTS, conditions, read, stored

#: What a made-up expression may well be refused for.
LIMITS = {"range", "zero", "too_deep", "too_many_parts", "too_long"}


def made(text: str) -> Expression:
    """Read; one that is beyond the limits is no case."""
    try:
        return read(text)
    except BadExpression as error:
        if error.data["reason"] in LIMITS:
            reject()
        raise


EXPRESSIONS = conditions()


def ask_postgres(
    rules: list[Expression], snapshots: list[dict[str, Any]], *, bound: bool = False
) -> list[tuple[Any, ...]]:
    """All rules on all snapshots in one statement; `bound`: parameters go beside the statement, not into it."""
    columns, params = [], {"snapshots": json.dumps([stored(snapshot) for snapshot in snapshots])}
    for number, rule in enumerate(rules):
        text, own = rule.sql("d.features", f"e{number}_")
        columns.append(text)
        params |= own
    statement = (
        f"SELECT {', '.join(columns)} FROM (SELECT value AS features, place FROM"
        " jsonb_array_elements(%(snapshots)s::jsonb) WITH ORDINALITY AS a (value, place)) d ORDER BY place"
    )
    if bound:
        return psycopg.Cursor(connection.connection).execute(statement, params).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("bound", [False, True])
def test_python_and_postgres_agree(bound: bool) -> None:
    """60 times 10 rules on 12 snapshots, twice: 14,400 answers, of which every kind comes often."""
    seen: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    connection.ensure_connection()

    @settings(
        max_examples=60, deadline=None, database=None, derandomize=not bound, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(EXPRESSIONS, min_size=10, max_size=10), st.lists(SNAPSHOTS, min_size=12, max_size=12))
    def check(found: list[str], snapshots: list[dict[str, Any]]) -> None:
        rules = [made(text) for text in found]
        compiled = compile_many(enumerate(rules))
        answers = [compiled(snapshot) for snapshot in snapshots]
        for snapshot, in_sql, in_python in zip(
            snapshots, ask_postgres(rules, snapshots, bound=bound), answers, strict=True
        ):
            for rule, one, other in zip(rules, in_sql, in_python, strict=True):
                assert one is other, (rule.text(), snapshot)
                seen[other] += 1

    check()
    assert sum(seen.values()) >= 60 * 120
    assert min(seen.values()) > 300, seen


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS, st.lists(SNAPSHOTS, min_size=5, max_size=5))
def test_compiled_alone_together_and_explained_agree(text: str, snapshots: list[dict[str, Any]]) -> None:
    agree(text, snapshots)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS, st.lists(SNAPSHOTS, min_size=5, max_size=5))
def test_many_compiled_alone_together_and_explained_agree(text: str, snapshots: list[dict[str, Any]]) -> None:
    agree(text, snapshots)


def agree(text: str, snapshots: list[dict[str, Any]]) -> None:
    """`compile`, `compile_many`, `evaluate` and the first part of `explain`."""
    rule = made(text)
    alone, together = rule.compile(), compile_many([(1, rule), (2, read("not known(orders)")), (3, rule)])
    for snapshot in snapshots:
        answer = rule.evaluate(snapshot)
        assert answer in (True, False, None)
        assert alone(snapshot) is answer
        first, _, third = together(snapshot)
        assert first is answer
        assert third is answer
        assert rule.explain(snapshot)[0].value is answer


@settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS)
def test_text_and_tree_come_back(text: str) -> None:
    """Canonical text and stored tree are read as the same expression, and say themselves again."""
    come_back(text)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS)
def test_text_and_tree_of_many_come_back(text: str) -> None:
    come_back(text)


def come_back(text: str) -> None:
    rule = made(text)
    canonical = rule.text()
    again = read(canonical)
    assert again == rule
    assert again.text() == canonical
    stored_tree = json.loads(json.dumps(rule.tree()))
    assert from_tree(stored_tree, FEATURES) == rule
    assert "%(" not in rule.words()


@pytest.mark.django_db
def test_arithmetic_is_equal_to_the_last_bit() -> None:
    """Not by comparing comparisons: the very doubles."""
    rule = read("(amount * 3 - score) / (hours + 0.1) == 0")
    text, params = rule.sql("d.features")
    whole, rest = text.removeprefix("(SELECT ").split(" FROM", 1)
    number = whole.removeprefix("(").rsplit(" = ", 1)[0]
    with connection.cursor() as cursor:
        for amount, score, hours in (
            (0.1, 0.7, 1e-3),
            (2**53 + 1, 3, 7),
            (123456.789, 1e-19, 9.99),
            (1e19, 1e19, -0.1),
        ):
            cursor.execute(
                f"SELECT (SELECT {number} FROM{rest} FROM (SELECT %(snapshot)s::jsonb AS features) d",
                params | {"snapshot": json.dumps({"amount": amount, "score": score, "hours": hours})},
            )
            (found,) = cursor.fetchone()
            divisor = float(hours) + 0.1
            expected = (float(amount) * 3 - float(score)) / divisor if divisor else None
            assert found == expected


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["null", "'[]'", "'5'", "'\"orders\"'", "'null'", "'{}'", "'[{\"orders\": 7}]'"])
def test_a_column_without_an_object_knows_nothing(column: str) -> None:
    """NULL, an array, a single value."""
    sql, params = read("orders > 5 or known(mail)").sql()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}, {sql} IS NULL FROM (SELECT {column}::jsonb AS features) d", params)
        assert cursor.fetchone() == (None, True)


@pytest.mark.django_db
def test_numbers_that_python_would_not_write_do_no_harm() -> None:
    """Of a snapshot written by other hands: beyond every double, below every double."""
    sql, params = read("orders * orders >= 0 or known(orders)").sql()
    with connection.cursor() as cursor:
        for number, answer in (("1e400", None), ("-1e400", None), ("1e-400", True), ("1e-323", True), ("0e0", True)):
            cursor.execute(
                f"SELECT {sql} FROM (SELECT %(snapshot)s::jsonb AS features) d",
                params | {"snapshot": f'{{"orders": {number}}}'},
            )
            assert cursor.fetchone()[0] is answer, number


@pytest.mark.parametrize("column", ["features; drop table x", "a.b.c", "Features", "", "f)", 'a"b', "a.", "1a"])
def test_only_plain_names_become_columns(column: str) -> None:
    """The column is the one thing that is not a parameter."""
    with pytest.raises(ValueError, match="not a plain name"):
        read("vpn").sql(column)
    with pytest.raises(ValueError, match="not a plain name"):
        read("vpn").sql(prefix=column or " ")


def test_sql_holds_nothing_that_was_typed() -> None:
    """Literals, names of features and lists are parameters."""
    text, params = read('mail == "x\'); drop table y; --" and in_list("watched", device) and orders in [77, 78]').sql()
    assert not any(word in text for word in ("drop", "mail", "orders", "watched", "77"))
    assert [value for value in params.values() if isinstance(value, list)] == [[77.0, 78.0]]
    assert "lists.watched.device" in params.values()


def test_sql_stays_as_long_as_the_expression() -> None:
    """Nothing doubles by nesting: the deepest of each kind."""
    deep = {
        "least": "orders", "either": "orders", "quotient": "orders", "equal": "vpn", "or_else": "vpn", "lower": "mail",
    }  # fmt: skip
    for _ in range(24):
        deep["least"] = f"min({deep['least']}, 1)"
        deep["either"] = f"either({deep['either']}, 1)"
        deep["equal"] = f"({deep['equal']} == guest)"
        deep["or_else"] = f"either({deep['or_else']}, guest)"
        deep["lower"] = f"lower({deep['lower']})"
    for _ in range(6):
        deep["quotient"] = f"1 / ({deep['quotient']})"
    deep |= {name: f"{deep[name]} > 1" for name in ("least", "either", "quotient")}
    deep["lower"] = f"ends_with({deep['lower']}, {deep['lower']})"
    for text in deep.values():
        rule = read(text)
        assert len(rule.sql()[0]) < 6_000, text
        assert rule.compile()({}) is rule.evaluate({})
