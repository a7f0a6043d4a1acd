"""What all connectors share: the list of them, numbers and texts out of replies, calls that nobody can read."""

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from django.utils.functional import Promise

from goodfor.kernel.outbound import http
from goodfor.supply.providers.kasushou.tests import test_vectors as kasushou
from goodfor.supply.providers.kayixin.tests import test_vectors as kayixin
from goodfor.supply.providers.numbers import BadReply, decimal, is_text, read_json, whole
from goodfor.supply.providers.registry import PROTOCOLS, connector_for, connectors
from goodfor.supply.providers.values import Call, CallProblem
from goodfor.supply.providers.wire import LIST_BYTES, Wire

#: Half of a pair of surrogates, as JSON may have it.
HALF = '"\\ud83d"'


def test_the_list_loads_what_is_asked_for() -> None:
    told = subprocess.run(
        [
            sys.executable, "-c",
            "import sys; from goodfor.supply.providers import registry as r; r.connector_for('lsxd');"
            "print(*sorted(n for n in sys.modules if n.startswith('goodfor.supply.providers.')"
            " and n.endswith('.connector')))",
        ],
        check=True, capture_output=True, text=True, env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )  # fmt: skip
    assert told.stdout.split() == ["goodfor.supply.providers.lsxd.connector"]


def test_every_connector_has_the_name_it_is_listed_by() -> None:
    assert tuple(one.about.protocol for one in connectors()) == PROTOCOLS
    assert connector_for("xingquanyi") is connector_for("xingquanyi") is not None
    assert connector_for("of_tomorrow") is None


def test_what_a_form_says_can_be_translated() -> None:
    """What has Chinese in it is looked up when it is shown, not when it is loaded."""
    said: list[Any] = []
    for one in connectors():
        for field in one.settings:
            said += [field.label, field.hint, *(words for _value, words in field.choices)]
        said.append(one.about.label)
    with translation.override("zh-hans"):
        fixed = [words for words in said if isinstance(words, str) and not words.isascii()]
    assert fixed == []
    assert sum(isinstance(words, Promise) for words in said) > 100


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (12345678901234567890, 12345678901234567890), ("9007199254740993", 9007199254740993), ("5.00", 5),
        (Decimal("7.0"), 7), (" 8 ", 8), (-3, -3), ("5.01", None), (True, None), (None, None), ("", None),
        ("1e3", None), ("9" * 31, None), ("٣", None), ([], None),
    ],
)  # fmt: skip
def test_ids_are_longer_than_amounts(told: object, found: int | None) -> None:
    assert whole(told) == found
    assert decimal("1234567890123") is None


def test_half_a_pair_is_no_text() -> None:
    assert read_json(b'["\\ud83d\\ude00"]') == ["\U0001f600"]
    for body in (f"[{HALF}]", f"{{{HALF}: 1}}"):
        assert not is_text(json.loads(body))
        with pytest.raises(BadReply, match="not_text"):
            read_json(body.encode())


def test_calls_that_nobody_can_write_down_prove_nothing() -> None:
    hook = kasushou.CONNECTOR.webhook
    assert hook is not None
    for name in ("external_orderno", "sign", "more", "card_list"):
        told = json.dumps(kasushou.TOLD | {name: "?"}).replace('"?"', HALF)
        with pytest.raises(CallProblem):
            hook.hear(kasushou.SITE, Call("POST", "/cb", b"", {}, told.encode()), 1767225661.0)
    with pytest.raises(CallProblem):
        hook.hear(kasushou.SITE, Call("POST", "/cb", b"", {}, b"id=1&time=1767225660000&sign=%ed%a0%bd"), 1767225661.0)
    other = kayixin.CONNECTOR.webhook
    assert other is not None
    good = kayixin.call({"outerNumber": "?", "status": 3})
    body = good.body.replace(b'"?"', HALF.encode())
    for made in (
        replace(good, headers={**good.headers, "x-signature": "\ud83d"}),
        replace(good, headers={**good.headers, "x-app-id": "\ud83d"}),
        replace(good, body=body),
    ):
        with pytest.raises(CallProblem):
            other.hear(kayixin.SITE, made, float(kayixin.STAMP))


def test_only_a_list_of_everything_may_be_large(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def send(*_args: Any, most: int, **_more: Any) -> http.Reply:
        asked.append(most)
        return http.Reply(200, b"")

    monkeypatch.setattr(http, "send", send)
    wire = Wire(0.0, lambda: 0.0)
    wire.send("page", "GET", "https://a.example", most=LIST_BYTES)
    wire.send("query", "GET", "https://a.example")
    assert asked == [16 * 1024 * 1024, http.MAX_REPLY_BYTES]
