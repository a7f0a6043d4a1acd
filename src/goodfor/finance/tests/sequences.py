"""Random sales of several lines, shared, refunded and agreed upon anew in any order: held against what must be true."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID

from goodfor.finance.rules import delivered, refunded, shares
from goodfor.finance.rules.facts import LineFacts, Moved, Pact, ShareFacts, Terms, Volume
from goodfor.finance.types import AgreementInput, AgreementView, PartyView, Tier
from goodfor.finance.types import Terms as Shared
from goodfor.ledger.types import Entry

AT = datetime(2026, 3, 5, 4, tzinfo=UTC)
MONTH = date(2026, 3, 1)
ORDER = UUID(int=1)
PAYABLE = ("2206:", "2202:")


def party(number: int) -> PartyView:
    return PartyView(
        UUID(int=900 + number), UUID(int=2), "distributor", f"p{number}", "x", "", "", None, "CNY", "monthly", 1, 0, 0,
        0, "self", False, None, None,
    )  # fmt: skip


def pact(number: int, version: int, terms: Shared, **more: object) -> Pact:
    says = AgreementInput(code=f"a{number}", party_id=party(number).id, terms=terms, valid_from=AT)
    says = replace(says, **more)  # type: ignore[arg-type]
    agreement = AgreementView(UUID(int=10_000 + 100 * number + version), UUID(int=2), version, says, AT, "t")
    return Pact(agreement, party(number))


def some_terms(draw: random.Random) -> Shared:
    kind = draw.choice(["percent", "percent", "fixed", "tiers", "none"])
    tiers = (Tier(0, draw.randint(0, 4000)), Tier(draw.randint(1, 5), draw.randint(0, 9000)))
    return Shared(kind, bp=draw.choice([0, 1, 333, 1000, 5000, 10_000]), minor=draw.choice([0, 1, 7, 99, 5000]),
                  tiers=tiers)  # fmt: skip


def some_pact(draw: random.Random, number: int, version: int = 1) -> Pact:
    return pact(
        number, version, some_terms(draw), base=draw.choice(["gross", "margin", "net_of_discount"]),
        priority=draw.randint(0, 3), line_cap_minor=draw.choice([None, None, 0, 50]),
        month_cap_minor=draw.choice([None, None, 300]),
    )  # fmt: skip


def some_line(draw: random.Random, number: int) -> LineFacts:
    quantity = draw.randint(1, 5)
    price = draw.choice([1, 2, 3, 7, 99, 333, 4850, draw.randint(1, 99_999)])
    origins = []
    for supplier in range(draw.randint(1, 3)):
        model = draw.choice(["principal", "agent"])
        terms = Terms(f"s{supplier}" if supplier else "", None, model, "platform", draw.choice([0, 100, 600, 1300]),
                      0 if model == "agent" else draw.choice([0, 300, 1300]))  # fmt: skip
        origins.append(delivered.Origin(terms, draw.randint(1, 3), draw.choice([0, 5, 800])))
    cost = draw.choice([0, 1, price * quantity // 2, price * quantity, price * quantity * 2])
    parts = delivered.parts_of(quantity=quantity, gross=price * quantity, cost=cost, discount=0, origins=origins)
    return LineFacts(UUID(int=100 + number), UUID(int=200 + number), None, parts)


@dataclass
class Deal:
    """A delivered order, what its parties have, and every entry so far."""

    lines: dict[UUID, LineFacts]
    held: dict[UUID, list[ShareFacts]]
    cost: int
    entries: list[Entry] = field(default_factory=list)
    refunds: int = 0
    paid: int = 0

    @property
    def total(self) -> int:
        return sum(line.gross for line in self.lines.values())

    def refund(self, amount: int, line_id: UUID | None) -> None:
        """As `planning` does."""
        before = dict(self.lines)
        self.refunds += 1
        self.paid += amount
        moved = Moved(self.refunds, f"refund:{UUID(int=self.refunds)}", amount, AT, line_id)
        steps = refunded.by_line(list(before.values()), amount, line_id)
        assert sum(steps.values()) == amount
        assert min(steps.values()) > 0
        for key, step in steps.items():
            mine = self.held[key]
            self.lines[key] = refunded.give_back(before[key], step)
            if mine:
                after = shares.give_back(before[key], mine, step)
                self._add(shares.unshare_entry(
                    order_id=ORDER, line=before[key], moved=moved, before=mine, after=after))  # fmt: skip
                self.held[key] = after
        after_lines = [self.lines[key] for key in steps]
        self._add(refunded.entry_of(order_id=ORDER, moved=moved, before=before, after=after_lines))

    def agree_anew(self, new: Pact, line_id: UUID) -> None:
        """As `rebook_agreement` does."""
        line, mine = self.lines[line_id], self.held[line_id]
        was = next((one for one in mine if one.agreement_code == new.agreement.code), None)
        others = [one for one in mine if one is not was]
        rank = was.rank if was else max((one.rank for one in others), default=-1) + 1
        limit = line.gross - line.vat - sum(one.amount for one in others)
        fresh = shares.share(
            new, line, rank=rank, seen=Volume(), limit=limit, volume=was.volume_before if was else None
        )
        assert fresh is not None
        fresh = shares.restated(line, others, fresh)
        self._add(shares.reshare_entry(
            order_id=ORDER, line=line, was=was, now=fresh, at=AT, cause=("t", None), why={}))  # fmt: skip
        self.held[line_id] = sorted([*others, fresh], key=lambda one: one.rank)

    def _add(self, entry: Entry | None) -> None:
        if entry is not None:
            self.entries.append(entry)

    def check(self) -> None:
        """Each entry balances; accounts say what is kept; nobody has more than its share, nor gave back more."""
        sums: defaultdict[str, int] = defaultdict(int)
        for entry in self.entries:
            assert sum(line.amount_minor for line in entry.lines) == 0
            assert all(line.amount_minor for line in entry.lines)
            for line in entry.lines:
                sums[line.account] += line.amount_minor
        assert len({entry.reference for entry in self.entries}) == len(self.entries)
        assert sum(line.refunded for line in self.lines.values()) == self.paid
        vat = fee = 0
        for line_id, line in self.lines.items():
            mine = self.held[line_id]
            assert sum(one.amount for one in mine) <= line.gross - line.vat
            assert all(0 <= one.reversed <= one.amount for one in mine)
            rest = line.gross - sum(one.amount for one in mine)
            assert 0 <= line.refunded - sum(one.reversed for one in mine) <= rest
            for part in line.parts:
                vat += part.vat - part.vat_back
                fee += part.fee - part.fee_back
                assert 0 <= part.refunded <= part.gross
                assert 0 <= part.vat_back <= part.vat
                if part.terms.model == "agent":
                    assert part.passed + part.fee + part.vat == part.gross
                    assert part.passed_back + part.fee_back + part.vat_back == part.refunded
        assert sums["2221:vat:output"] == -vat
        assert sums["5001:fee:agency"] == -fee
        left: defaultdict[str, int] = defaultdict(int)
        for mine in self.held.values():
            for one in mine:
                left[one.account] += one.left
        assert {a: -s for a, s in sums.items() if a.startswith(PAYABLE) and s} == {a: s for a, s in left.items() if s}
        assert sums["6601:commission"] == sum(left.values())


def sold(draw: random.Random) -> Deal:
    """A delivered order."""
    pacts = [some_pact(draw, number) for number in range(draw.randint(0, 4))]
    lines = [some_line(draw, number) for number in range(draw.randint(1, 3))]
    volumes: dict[tuple[str, date], Volume] = {}
    held = {line.line_id: shares.shares_of(line, pacts, volumes, MONTH) for line in lines}
    deal = Deal({line.line_id: line for line in lines}, held, sum(p.cost for line in lines for p in line.parts))
    deal._add(delivered.entry_of(order_id=ORDER, lines=lines, at=AT))
    for line in lines:
        deal.entries += shares.entries_of(order_id=ORDER, line=line, shares=held[line.line_id], at=AT)
    deal.check()
    return deal


def play(seed: int) -> None:
    """One random sequence from its seed, to a full refund, at which everybody has given back everything."""
    draw = random.Random(seed)
    deal = sold(draw)
    versions: defaultdict[int, int] = defaultdict(lambda: 1)
    for _ in range(draw.randint(1, 9)):
        left = deal.total - deal.paid
        if draw.random() < 0.3:
            number = draw.randint(0, 4)
            versions[number] += 1
            new = some_pact(draw, number, versions[number])
            for line_id in list(deal.lines):
                deal.agree_anew(new, line_id)
        elif left:
            line_id = draw.choice([None, *deal.lines])
            deal.refund(draw.choice([1, left, draw.randint(1, left)]), line_id)
        deal.check()
    if deal.total > deal.paid:
        deal.refund(deal.total - deal.paid, None)
        deal.check()
    assert all(one.left == 0 for mine in deal.held.values() for one in mine)
    assert all(part.vat_back == part.vat for line in deal.lines.values() for part in line.parts)
