"""One sold order and everything that was given back of it, held against the books: for the property of refunds."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from goodfor.delivery import queries as delivery
from goodfor.delivery.types import MaskedCode
from goodfor.kernel.errors import DomainError
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.ledger.shares import refund_steps
from goodfor.orders.tests.factories import refund_all, sql
from goodfor.payments.providers.base import NOT_FOUND, Account, RefundAttempt
from goodfor.payments.providers.sandbox.adapter import SandboxProvider

COST = 800
FINISHED = ("succeeded", "failed")
#: Everything that a refund may change; one that is refused leaves each row as it was.
_ROWS = {
    "orders_order": "t.id = %(order)s",
    "orders_line": "t.order_id = %(order)s",
    "orders_part": "t.order_id = %(order)s",
    "orders_claim": "t.order_id = %(order)s",
    "orders_claim_unit": "t.order_id = %(order)s",
    "ledger_posting": "t.order_id = %(order)s",
    "payments_payment": "t.source_id = %(order)s",
    "payments_refund": "t.payment_id = %(payment)s",
    "payments_case": "t.payment_id = %(payment)s",
    "payments_sandbox_trade": "t.number = (SELECT number FROM payments_payment WHERE id = %(payment)s)",
    "vault_code": "t.holder_id IN (SELECT id FROM orders_line WHERE order_id = %(order)s)",
}
_REFUNDS = "SELECT id, number, business_key, amount_minor, state, paid_from FROM payments_refund WHERE payment_id = %s"
_POSTED = """
SELECT a.code, sum(g.amount_minor)::bigint FROM ledger_posting g JOIN ledger_account a ON a.id = g.account_id
WHERE g.order_id = %s AND g.layer = 0 GROUP BY a.code
"""


@dataclass
class Mood:
    """How the channel behaves: well; refuses; does it and loses the answer (lost); loses the question (unheard)."""

    now: str = "well"

    def wrap(self, real: Callable[..., Outcome]) -> Callable[..., Outcome]:
        """The adapter's call in this mood."""

        def refund(adapter: SandboxProvider, account: Account, attempt: RefundAttempt, now: datetime) -> Outcome:
            if self.now == "refuses":
                return Rejected("window_over")
            if self.now == "unheard":
                return Unknown("timeout")
            told = real(adapter, account, attempt, now)
            return Unknown("timeout") if self.now == "lost" else told

        return refund

    def wrap_query(self, real: Callable[..., Outcome]) -> Callable[..., Outcome]:
        """The adapter's question; what was refused it has never heard of."""

        def query(adapter: SandboxProvider, account: Account, attempt: RefundAttempt, now: datetime) -> Outcome:
            told = real(adapter, account, attempt, now)
            return Unknown("timeout") if self.now == "unheard" and told != Rejected(NOT_FOUND) else told

        return query


@dataclass(frozen=True)
class Back:
    """One refund as the database has it."""

    id: UUID
    number: str
    key: str
    amount: int
    state: str
    paid_from: str

    @property
    def root(self) -> str:
        return self.key.partition("#")[0]


@dataclass
class Sale:
    """A delivered order: `lines` are (id, price of one, how many); `decided` what was granted of its price so far."""

    shop_id: UUID
    order_id: UUID
    payment_id: UUID
    lines: list[tuple[UUID, int, int]]
    wallet: str
    #: The account that the buyer's money lies on.
    account: str
    clock: datetime
    decided: list[int] = field(default_factory=list)
    #: By line: what claims granted.
    claimed: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def paid(self) -> int:
        return sum(price * count for _id, price, count in self.lines)

    @property
    def left(self) -> int:
        return self.paid - sum(self.decided)

    @property
    def state(self) -> str:
        return str(sql("SELECT state FROM orders_order WHERE id = %s", [self.order_id])[0][0])

    def refunds(self) -> list[Back]:
        return [Back(*row) for row in sql(_REFUNDS + " ORDER BY id", [self.payment_id])]

    def latest(self) -> dict[str, Back]:
        """The last try of each."""
        return {refund.root: refund for refund in self.refunds()}

    def held(self) -> list[MaskedCode]:
        return delivery.masked_codes(self.shop_id, [line_id for line_id, _price, _count in self.lines])

    @property
    def busy(self) -> bool:
        """Something granted is not back."""
        return any(refund.state != "succeeded" for refund in self.latest().values())

    @property
    def on_its_way_or_a_case(self) -> bool:
        open_case = sql("SELECT EXISTS (SELECT FROM payments_case WHERE payment_id = %s AND state = 'open')",
                        [self.payment_id])[0][0]  # fmt: skip
        return bool(open_case) or any(refund.state not in FINISHED for refund in self.refunds())

    def rows(self) -> dict[str, list[str]]:
        names = {"order": self.order_id, "payment": self.payment_id}
        return {
            table: sorted(str(row[0]) for row in sql(f"SELECT t::text FROM {table} t WHERE {where}", names))
            for table, where in _ROWS.items()
        }

    def refused(self, do: Callable[[], Any], code: str) -> None:
        """It is refused with this code, and nothing has changed."""
        before = self.rows()
        with pytest.raises(DomainError) as refused:
            do()
        assert refused.value.code == code
        assert self.rows() == before

    def unchanged(self, do: Callable[[], Any]) -> None:
        """It is harmless."""
        before = self.rows()
        do()
        assert self.rows() == before

    def work(self) -> None:
        """A good minute later the worker sends and asks, and the orders hear of it."""
        self.clock += timedelta(seconds=65)
        refund_all(self.clock)

    def check(self) -> None:
        """The database's sums, the ledger, the channel's books and each line say the same, and never too much."""
        refunds, latest = self.refunds(), self.latest()
        back = [refund for refund in refunds if refund.state == "succeeded"]
        came_back = sum(refund.amount for refund in back)
        assert sum(refund.amount for refund in latest.values()) == sum(self.decided) <= self.paid
        assert all(refund.amount == latest[refund.root].amount for refund in refunds)
        assert len({refund.root for refund in back}) == len(back)
        assert came_back <= self.paid
        [(captured, reserved)] = sql(
            "SELECT captured_minor, refunded_minor FROM payments_payment WHERE id = %s", [self.payment_id]
        )
        assert captured == self.paid
        assert reserved == sum(refund.amount for refund in refunds if refund.state != "failed") <= captured
        [(state, noted)] = sql("SELECT state, refunded_minor FROM orders_order WHERE id = %s", [self.order_id])
        parts = sum(refund.amount for refund in back if ":part:" in refund.key)
        assert noted == (self.paid if state == "refunded" else parts)
        assert (state == "refunded") == (came_back == self.paid)
        self._check_parts(latest)
        self._check_ledger(back)
        self._check_channel(refunds)
        self._check_lines(back)

    def _check_parts(self, latest: dict[str, Back]) -> None:
        parts = sorted((int(root.rpartition(":")[2]), refund.amount, refund.state == "succeeded")
                       for root, refund in latest.items() if ":part:" in root)  # fmt: skip
        found = sql("SELECT number, amount_minor, back_at IS NOT NULL FROM orders_part WHERE order_id = %s",
                    [self.order_id])  # fmt: skip
        assert sorted(found) == parts

    def _check_ledger(self, back: list[Back]) -> None:
        decided, came_back = sum(self.decided), sum(refund.amount for refund in back)
        other_way = sum(refund.amount for refund in back if refund.paid_from)
        # What a claim has set aside is sold all the same.
        kept = len(delivery.bought_codes(self.shop_id, [line_id for line_id, _price, _count in self.lines]))
        expected = {
            "2203:order": 0,
            "5001:sales:codes": decided - self.paid,
            "2205:refund": came_back - decided,
            "5401:cogs:codes": COST * kept,
            self.account: self.paid - (came_back - other_way),
            self.wallet: -other_way,
        }
        posted = {str(code): int(amount) for code, amount in sql(_POSTED, [self.order_id])}
        stock = sum(amount for code, amount in posted.items() if code.startswith("1405:codes:"))
        assert stock == -COST * kept
        assert {c: a for c, a in posted.items() if a and not c.startswith("1405:")} == {
            c: a for c, a in expected.items() if a
        }
        assert sum(posted.values()) == 0

    def _check_channel(self, refunds: list[Back]) -> None:
        """The stand-in gave back what we say is back, by our numbers; of what hangs it may know more."""
        trades = sql(
            "SELECT t.refunded_minor, t.refunds FROM payments_sandbox_trade t JOIN payments_payment p"
            " ON p.number = t.number AND p.shop_id = t.shop_id WHERE p.id = %s", [self.payment_id],
        )  # fmt: skip
        if not trades:
            return
        [(theirs, kept)] = trades
        numbers: dict[str, int] = json.loads(kept)
        ours = {refund.number: refund for refund in refunds if not refund.paid_from}
        assert theirs == sum(numbers.values()) <= self.paid
        assert all(ours[number].amount == amount for number, amount in numbers.items())
        assert not [n for n in numbers if ours[n].state == "failed"]
        assert {n for n, refund in ours.items() if refund.state == "succeeded"} <= numbers.keys()

    def _check_lines(self, back: list[Back]) -> None:
        """No claim gives more than its line, for codes that are back; by shares every line gives at most its price."""
        returned = dict(sql("SELECT id, returned FROM orders_line WHERE order_id = %s", [self.order_id]))
        granted = dict(sql("SELECT line_id, sum(refund_minor)::bigint FROM orders_claim WHERE order_id = %s"
                           " AND refund_id IN (SELECT refund_id FROM orders_part) GROUP BY line_id",
                           [self.order_id]))  # fmt: skip
        for line_id, price, count in self.lines:
            assert granted.get(line_id, 0) == self.claimed[line_id] <= price * count
            assert returned[line_id] * price == self.claimed[line_id]
        self.shares(back)

    def shares(self, back: list[Back]) -> list[int]:
        """What each line gave back of all that is back: the cumulative largest remainder; exact at each step."""
        prices = [price * count for _id, price, count in self.lines]
        so_far = [0] * len(prices)
        for refund in back:
            steps = refund_steps(prices, so_far, refund.amount)
            assert sum(steps) == refund.amount
            assert min(steps) >= 0
            so_far = [one + step for one, step in zip(so_far, steps, strict=True)]
            assert all(one <= price for one, price in zip(so_far, prices, strict=True))
        return so_far
