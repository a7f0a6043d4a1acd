"""Where a supplier gives the same order for the same number, a lost purchase is repeated instead of asked about."""

import time
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.supply.models import Supplier
from goodfor.supply.operations.ask import _question
from goodfor.supply.providers.dujiao.connector import CONNECTOR
from goodfor.supply.providers.values import Accepted, Doubt, Placed, Refused
from goodfor.supply.providers.wire import Wire
from goodfor.supply.purchase_models import Attempt, Want


class _Purchase:
    def __init__(self, answer: Placed) -> None:
        self.answer = answer
        self.numbers: list[str] = []

    def place(self, _site: Any, _wire: Any, request: Any) -> Placed:
        self.numbers.append(request.number)
        return self.answer


def asked(answer: Placed) -> tuple[Any, list[str]]:
    assert CONNECTOR.about.repeat == "same"
    purchase = _Purchase(answer)
    line: Any = SimpleNamespace(
        connector=replace(CONNECTOR, purchase=purchase),  # type: ignore[arg-type]
        site=None, wire=Wire(0.0, time.monotonic), supplier=Supplier(hook="h"),
    )  # fmt: skip
    attempt = Attempt(
        id=uuid4(), number="1" * 18, item_id="1", quantity=1, multiple=1, max_cost=Decimal(8), currency="CNY",
        state="unknown", sent_at=utc_now(),
    )  # fmt: skip
    want = Want(id=uuid4(), shop_id=uuid4(), channel="api")
    return _question(line, attempt, want), purchase.numbers


def test_the_same_number_again_gives_the_order() -> None:
    told, numbers = asked(Accepted("17"))
    assert told.answer == Accepted("17")
    assert numbers == ["1" * 18]


@pytest.mark.parametrize("why", ["not_sent", "config", "balance", "throttled", "stock"])
def test_a_no_to_the_repeat_frees_nothing(why: Any) -> None:
    told, _numbers = asked(Refused(why))
    assert (told.answer, told.asking) == (Doubt(why), True)
