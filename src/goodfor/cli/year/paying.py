"""What suppliers, brands, distributors and shops are owed: stated by cycle, confirmed, approved, paid by bank files.

One statement in forty is objected to and made anew, one payout in thirty comes back and goes out again the next day.
"""

from collections import Counter
from dataclasses import fields
from datetime import date, datetime
from random import Random
from typing import Final
from uuid import uuid4

from goodfor.cli.year.world import World
from goodfor.finance.operations import change_party
from goodfor.finance.types import PartyInput
from goodfor.ledger import queries as books
from goodfor.settlement import operations as settlement
from goodfor.settlement import queries
from goodfor.settlement.errors import NothingToState, PayoutsFrozen
from goodfor.settlement.types import StatementView

OBJECTED: Final = 1 / 40
RETURNED: Final = 1 / 30
STAFF: Final = ("staff:chen", "staff:zhou")
#: Parties of cycle `manual` are stated in the months of a quarter's end.
QUARTERS: Final = (1, 4, 7, 10)


class Paying:
    """All statements of the shop."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self._rng = world, Random(seed)  # noqa: S311
        self.done: Counter[str] = Counter()
        self._again: set[str] = set()

    def morning(self, day: date, now: datetime) -> None:
        """What is due by its cycle; those by hand on the sixth after a quarter."""
        self.done["stated"] += settlement.make_due_statements(now=now)
        if day.day == 6 and day.month in QUARTERS:
            self.by_hand(now, only=("manual",))
        self.carry_on(now)

    def by_hand(self, now: datetime, *, only: tuple[str, ...] = ()) -> None:
        """A statement of each party, or of those with such a cycle, of all that there is."""
        for party in self.world.parties.values():
            if not only or party.cycle in only:
                try:
                    settlement.make_statement(
                        shop_id=self.world.shop_id, party_id=party.id, cutoff=now, actor=STAFF[0], now=now
                    )
                    self.done["stated"] += 1
                except NothingToState:
                    continue

    def carry_on(self, now: datetime, *, smooth: bool = False) -> None:
        """Each statement, one step after the other, to the bank. `smooth`: nobody objects, nothing comes back."""
        for one in self._in("draft"):
            self._confirm(one, now, smooth)
        for one in self._in("confirmed"):
            self._approve(one, now)
        payable = self._in("approved")
        if payable:
            self._pay(payable, now, smooth)

    def release(self, now: datetime) -> None:
        """Give back what was held of statements; from now on nothing is held, and nothing is too small."""
        for party in self.world.parties.values():
            names = {one.name: getattr(party, one.name) for one in fields(PartyInput)}
            says = PartyInput(**{**names, "min_payout_minor": 0, "hold_back_bp": 0})
            change_party(shop_id=self.world.shop_id, party_id=party.id, party=says, actor=STAFF[0], now=now)
            held = books.balance(self.world.shop_id, f"2206:party:{party.kind}.{party.code}:deposit", party.currency)
            if held > 0:
                settlement.release_hold_back(
                    shop_id=self.world.shop_id, party_id=party.id, amount_minor=held, release_id=uuid4(), reason="年末",
                    actor=STAFF[0], now=now,
                )  # fmt: skip

    def _in(self, state: str) -> list[StatementView]:
        return queries.statements(self.world.shop_id, states=(state,), limit=500)

    def _confirm(self, one: StatementView, now: datetime, smooth: bool) -> None:
        shop_id = self.world.shop_id
        if not smooth and one.version == 1 and self._rng.random() < OBJECTED:
            settlement.reject_statement(
                shop_id=shop_id, statement_id=one.id, reason="对不上", actor=f"party:{one.party_code}", now=now,
                party_id=one.party_id,
            )  # fmt: skip
            self.done["objected"] += 1
            one = settlement.remake_statement(shop_id=shop_id, statement_id=one.id, actor=STAFF[0], now=now)
        settlement.confirm_statement(
            shop_id=shop_id, statement_id=one.id, actor=f"party:{one.party_code}", now=now, party_id=one.party_id
        )

    def _approve(self, one: StatementView, now: datetime) -> None:
        for who in STAFF:
            moved = settlement.approve_statement(
                shop_id=self.world.shop_id, statement_id=one.id, actor=who, now=now
            )  # fmt: skip
            if moved.state != "confirmed":
                return

    def _pay(self, payable: list[StatementView], now: datetime, smooth: bool) -> None:
        shop_id = self.world.shop_id
        try:
            settlement.make_payout_file(
                shop_id=shop_id, statement_ids=[one.id for one in payable], bank_format="plain", actor=STAFF[1], now=now
            )  # fmt: skip
        except PayoutsFrozen:
            self.done["frozen"] += 1
            return
        self.done["files"] += 1
        for one in payable:
            payout = queries.payouts(shop_id, one.id)[-1]
            back = not smooth and self._rng.random() < RETURNED
            settlement.resolve_payout(
                shop_id=shop_id, payout_id=payout.id, arrived=not back, reference=f"B{payout.number}",
                note="账号有误" if back else "", actor=STAFF[1], now=now,
            )  # fmt: skip
            self.done["returned" if back else "paid"] += 1
