"""What terms would pay: tried on what was delivered of late, by the same rules that book. Nothing is written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.finance import planning, states, terms
from goodfor.finance.errors import InvalidAgreement, PartyNotFound
from goodfor.finance.mapping import line_facts, party_view, share_facts
from goodfor.finance.models import Party
from goodfor.finance.rules import shares
from goodfor.finance.rules.facts import LineFacts, Pact, ShareFacts, Volume
from goodfor.finance.sold_models import Share, Sold
from goodfor.finance.types import AgreementInput, AgreementView, Tried, TriedLine
from goodfor.kernel.sql import Row, Statement

SPAN: Final = timedelta(days=30)
#: More lines than this are not read for one look: the latest count.
MOST: Final = 10_000
PIECE: Final = 1_000
EXAMPLES: Final = 10
NOBODY: Final = UUID(int=0)
_LINES: Final = Statement(__package__, "sql/backdate_lines.sql")


@dataclass(slots=True)
class _Sums:
    lines: int = 0
    covered: int = 0
    units: int = 0
    base: int = 0
    would: int = 0
    now: int = 0
    later: int = 0
    cut: int = 0
    seen: dict[date, Volume] = field(default_factory=dict)
    examples: list[TriedLine] = field(default_factory=list)


def tried(shop_id: UUID, says: AgreementInput, now: datetime) -> Tried:
    """What these terms would have paid for the last 30 days, as if they had held all the time.

    Tiers and caps see the months from their first day on, as far as it is read. Shares of other agreements stay as they
    are. Raises InvalidAgreement (`field`), PartyNotFound.
    """
    terms.check(shop_id, says)
    row = Party.objects.filter(shop_id=shop_id, id=says.party_id).first()
    if row is None:
        raise PartyNotFound
    if row.kind == states.PLATFORM:
        raise InvalidAgreement(field="party_id")
    pact = Pact(AgreementView(NOBODY, shop_id, 0, says, now, ""), party_view(row))
    since = now - SPAN
    month = datetime.combine(planning.month_of(since), datetime.min.time(), planning.BOOKS)
    latest = Sold.objects.filter(shop_id=shop_id, delivered_at__gte=month, delivered_at__lt=now, part=0)
    left_out = latest.order_by("-delivered_at").values_list("delivered_at", flat=True)[MOST : MOST + 1]
    first = left_out[0] + timedelta(microseconds=1) if left_out else month
    sums, place = _Sums(), (None, None)
    while rows := _read(shop_id, first, now, place):
        _piece(shop_id, pact, rows, max(since, first), sums)
        place = (rows[-1][0], rows[-1][1])
    return Tried(
        max(since, first), pact.party.currency, sums.lines, sums.covered, sums.units, sums.base, sums.would, sums.now,
        sums.later, sums.cut, first == month, tuple(sums.examples),
    )  # fmt: skip


def _read(shop_id: UUID, first: datetime, now: datetime, place: tuple[datetime | None, UUID | None]) -> list[Row]:
    return _LINES.rows({
        "shop_id": shop_id, "from_at": first, "until_at": now, "after_at": place[0], "after_line": place[1],
        "limit": PIECE,
    })  # fmt: skip


def _piece(shop_id: UUID, pact: Pact, rows: Sequence[Row], since: datetime, sums: _Sums) -> None:
    ids = [row[1] for row in rows]
    parts: defaultdict[UUID, list[Sold]] = defaultdict(list)
    for one in Sold.objects.filter(shop_id=shop_id, order_line_id__in=ids):
        parts[one.order_line_id].append(one)
    held: defaultdict[UUID, list[ShareFacts]] = defaultdict(list)
    live = Share.objects.filter(shop_id=shop_id, order_line_id__in=ids, superseded_at__isnull=True)
    for share in live.order_by("rank", "agreement_code"):
        held[share.order_line_id].append(share_facts(share))
    for at, line_id, order_id, currency in rows:
        if currency == pact.party.currency:
            _line(pact, line_facts(parts[line_id]), held[line_id], (at, order_id), since, sums)


def _line(
    pact: Pact, line: LineFacts, held: Sequence[ShareFacts], place: tuple[datetime, UUID], since: datetime, sums: _Sums
) -> None:
    says, (at, order_id) = pact.agreement.says, place
    mine = next((one for one in held if one.agreement_code == says.code), None)
    others = [one for one in held if one is not mine]
    month = planning.month_of(at)
    seen = sums.seen.get(month, Volume())
    limit = max(0, line.gross - line.vat - sum(one.amount for one in others))
    got = shares.share(pact, line, rank=len(others), seen=seen, limit=limit)
    if got is not None:
        units = sum(part.quantity for part in shares.covered(pact.agreement, line))
        sums.seen[month] = seen.plus(units, got.base, got.amount)
    if at < since:
        return
    has = mine.left if mine else 0
    would = shares.restated(line, others, got).left if got else 0
    sums.lines += 1
    sums.now += has
    sums.would += would
    if at >= says.valid_from and (says.valid_to is None or at < says.valid_to):
        sums.later += would - has
    if got is not None:
        sums.covered += 1
        sums.units += units
        sums.base += got.base
        sums.cut += "cut" in got.explained
    if would != has or got is not None:
        sums.examples = [*sums.examples[-(EXAMPLES - 1) :], TriedLine(order_id, at, got.base if got else 0, has, would)]
