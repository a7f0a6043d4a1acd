"""Reads of wallets and points."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.loyalty import kinds
from goodfor.loyalty.models import Deed, Entry, Revaluation, TermsRevision, Wallet
from goodfor.loyalty.programme import present as present
from goodfor.loyalty.programme import reckoning as reckoning
from goodfor.loyalty.programme import revisions as revisions
from goodfor.loyalty.programme import sample as sample
from goodfor.loyalty.programme import terms_at as terms_at
from goodfor.loyalty.standing import claim_hours as claim_hours
from goodfor.loyalty.standing import extra_picks as extra_picks
from goodfor.loyalty.standing import member as member
from goodfor.loyalty.standing import multiplier as multiplier
from goodfor.loyalty.standing import next_check_in as next_check_in
from goodfor.loyalty.standing import rank_of as rank_of
from goodfor.loyalty.standing import ranks_now as ranks_now
from goodfor.loyalty.standing import steps_of as steps_of
from goodfor.loyalty.standing import tier_name as tier_name
from goodfor.loyalty.standing import tiers_of as tiers_of
from goodfor.loyalty.task_reads import has_tasks as has_tasks
from goodfor.loyalty.task_reads import task_costs as task_costs
from goodfor.loyalty.task_reads import task_history as task_history
from goodfor.loyalty.task_reads import task_set as task_set
from goodfor.loyalty.task_reads import tasks_of as tasks_of
from goodfor.loyalty.terms import buys, needed
from goodfor.loyalty.terms import meets as reckoned
from goodfor.loyalty.types import Balance, EntryView, Expiring, Holder, LiabilityRow, Met, Source
from goodfor.loyalty.wording import COUNTS as COUNTS
from goodfor.loyalty.wording import EVERY_WORDS as EVERY_WORDS
from goodfor.loyalty.wording import TASK_WORDS as TASK_WORDS
from goodfor.loyalty.wording import counted as counted
from goodfor.loyalty.wording import listed as listed
from goodfor.loyalty.wording import perks_of as perks_of
from goodfor.loyalty.wording import said as said

_BALANCE: Final = Statement(__package__, "sql/balance.sql")
_EXPIRING: Final = Statement(__package__, "sql/expiring.sql")
_STATEMENT: Final = Statement(__package__, "sql/statement.sql")
_LIABILITY: Final = Statement(__package__, "sql/liability.sql")
_MEMBERS_ON: Final = Statement(__package__, "sql/members_on.sql")
_NEWS: Final = Statement(__package__, "sql/shops_with_news.sql")
_SCOPE_MOVES: Final = Statement(__package__, "sql/scope_moves.sql")
_HELD_IN: Final = Statement(__package__, "sql/held_in.sql")


def balance(shop_id: UUID, holder: Holder, now: datetime) -> Balance:
    """What somebody holds; nothing where there is no wallet."""
    row = _BALANCE.row({**_named(shop_id, holder), "now": now})
    return Balance(*row) if row else Balance()


def points_for(shop_id: UUID, minor: int, now: datetime) -> int | None:
    """How many points pay so much, rounded up; None: the shop takes none."""
    terms = terms_at(shop_id, now)
    return needed(terms, minor) if terms.on else None


def meets(shop_id: UUID, owner: UUID, minor: int, least: int, now: datetime) -> Met | None:
    """The most of a price of `minor` that a member's points may meet beside at least so much money; None: nothing."""
    terms = terms_at(shop_id, now)
    if not terms.on or not terms.meet_bp:
        return None
    return reckoned(terms, minor, least, balance(shop_id, Holder(owner), now).available)


def gives_points(shop_id: UUID, now: datetime) -> bool:
    """Whether the shop's programme is on."""
    return terms_at(shop_id, now).on


def worth_of(shop_id: UUID, units: int, now: datetime) -> int:
    """Minor units of a price that so many points pay."""
    return buys(terms_at(shop_id, now), units)


def expiring(shop_id: UUID, holder: Holder, now: datetime, *, within: timedelta = timedelta(days=62)) -> list[Expiring]:
    """What ends when, the first first."""
    rows = _EXPIRING.rows({**_named(shop_id, holder), "now": now, "until": now + within})
    return [Expiring(units, at) for at, units in rows]


def statement(shop_id: UUID, holder: Holder, *, before: UUID | None = None, limit: int = 30) -> list[EntryView]:
    """Newest first; `before` continues after an entry."""
    rows = _STATEMENT.rows({**_named(shop_id, holder), "before": before, "limit": limit})
    return [EntryView(r[0], r[1], r[2], Source(r[3], r[4], r[5]), r[6], r[7], r[8], r[9]) for r in rows]


def holder_of(shop_id: UUID, wallet_id: UUID) -> Holder:
    """Whose wallet it is."""
    row = Wallet.objects.get(shop_id=shop_id, id=wallet_id)
    return Holder(row.owner, row.kind, row.scope)


def earned_anything(shop_id: UUID, order_id: UUID) -> bool:
    """Whether an order counts for anybody: also one that was too small for a point counts for his tier."""
    return Deed.objects.filter(shop_id=shop_id, order_id=order_id).exists()


def paid_order(shop_id: UUID, order_id: UUID) -> bool:
    """Whether a member's units paid for an order, all of it or in part."""
    spent = Entry.objects.filter(shop_id=shop_id, order_id=order_id, source_kind="order", purpose="spend")
    return spent.exists()


def ever_gave_points(shop_id: UUID) -> bool:
    """Whether the shop has ever said what points are worth."""
    return TermsRevision.objects.filter(shop_id=shop_id).exists()


def liability(shop_id: UUID, since: datetime, until: datetime) -> list[LiabilityRow]:
    """How what is owed for each kind moved from `since` until before `until`: opening and movements are the closing.

    Kinds that are worth nothing have units only. `revalue` is what reckoning anew added.
    """
    rows: list[Any] = _LIABILITY.rows({"shop_id": shop_id, "since": since, "until": until})
    for one in Revaluation.objects.filter(shop_id=shop_id, at__lt=until).order_by("at"):
        rows.append((one.kind, one.at < since, kinds.REVALUE, 0, one.minor))
    return _moves(rows)


def scope_moves(shop_id: UUID, kind: str, scope: UUID, since: datetime, until: datetime) -> LiabilityRow:
    """The same of one kind within one scope: what the people of a company hold together."""
    rows = _SCOPE_MOVES.rows({"shop_id": shop_id, "kind": kind, "scope": scope, "since": since, "until": until})
    found = _moves([(kind, *row) for row in rows])
    return found[0] if found else LiabilityRow(kind, 0, 0, {}, 0, 0)


def held_in(shop_id: UUID, kind: str, scope: UUID, owners: Sequence[UUID] | None = None) -> dict[UUID, int]:
    """Owner -> units within a scope, of those who hold any; what has ended counts until the loop has been here."""
    named = {"shop_id": shop_id, "kind": kind, "scope": scope, "owners": None if owners is None else list(owners)}
    return dict(_HELD_IN.rows(named))


def _moves(rows: Sequence[Any]) -> list[LiabilityRow]:
    """Rows (kind, before, movement, units, minor) as opening, movements and closing by kind."""
    opening: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    moved: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for kind, before, what, units, minor in rows:
        if before:
            opening[kind][0] += units
            opening[kind][1] += minor
        else:
            so_far = moved[kind].get(what, (0, 0))
            moved[kind][what] = (so_far[0] + units, so_far[1] + minor)
    found = []
    for kind in [one for one in kinds.KINDS if one in opening or one in moved]:
        units, minor = opening[kind]
        told = moved[kind]
        found.append(
            LiabilityRow(
                kind, units, minor, dict(told), units + sum(one for one, _minor in told.values()),
                minor + sum(one for _units, one in told.values()),
            )
        )  # fmt: skip
    return found


def members_on(
    shop_id: UUID, ranks: Sequence[int], *, after: UUID | None = None, limit: int = 5_000
) -> list[tuple[UUID, int, bool]]:
    """The next members by owner who stand on some tiers, where, and whether what these give is theirs: not of who
    stands there by orders and has kept none.
    """
    rows = _MEMBERS_ON.rows({"shop_id": shop_id, "ranks": list(ranks), "after": after, "limit": limit})
    return [(row[0], row[1], row[2]) for row in rows]


def shops_with_news(now: datetime) -> list[tuple[UUID, int]]:
    """Shops with something to tell their members, and which hour it is there. For platform jobs."""
    return [(row[0], row[1]) for row in _NEWS.rows({"now": now})]


def _named(shop_id: UUID, holder: Holder) -> dict[str, Any]:
    return {"shop_id": shop_id, "owner": holder.owner, "kind": holder.kind, "scope": holder.scope}
