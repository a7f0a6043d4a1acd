"""A company's month: both sides of the statement, and what was spent on what. Reached through `queries`."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.identity import queries as identity
from goodfor.kernel.sql import Statement as Sql
from goodfor.ledger import queries as books
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import WELFARE
from goodfor.welfare import accounts
from goodfor.welfare.mapping import company_view
from goodfor.welfare.models import Company
from goodfor.welfare.types import Statement, Usage

_USAGE: Final = Sql(__package__, "sql/usage.sql")
#: Kinds of the entries that move a company's account.
_GRANTED, _RETURNED = "points_earn", ("points_expire", "points_clawback")
_KINDS: Final = (accounts.KIND, _GRANTED, *_RETURNED)
#: Of fewer people nobody is told what they spent.
FEWEST: Final = 3


def month_of(now: datetime, timezone: str) -> date:
    """The first day of the month, by the shop's clock."""
    return now.astimezone(ZoneInfo(timezone)).date().replace(day=1)


def bounds(month: date, timezone: str) -> tuple[datetime, datetime]:
    """From when until before when it lasts."""
    zone = ZoneInfo(timezone)
    after = (month + timedelta(days=31)).replace(day=1)
    return datetime.combine(month, datetime.min.time(), zone), datetime.combine(after, datetime.min.time(), zone)


def _moves(company: Company, since: datetime, until: datetime) -> Iterator[books.AccountMove]:
    return books.moves_between(
        company.shop_id, accounts.prepaid(company.id), company.currency, kinds=_KINDS, since=since, until=until
    )


def statement(company: Company, month: date, now: datetime) -> Statement:
    """A month up to `now`, by the books (the company's side) and by the wallets (its people's)."""
    zone = identity.shop_by_id(company.shop_id).timezone
    since, end = bounds(month.replace(day=1), zone)
    until = min(end, now + timedelta(microseconds=1))
    code, shop_id = accounts.prepaid(company.id), company.shop_id
    opening = -sum(one.amount_minor for one in _moves(company, company.made_at, since))
    moved = dict.fromkeys(_KINDS, 0)
    for one in _moves(company, since, until):
        moved[one.kind] -= one.amount_minor
    held = loyalty.scope_moves(shop_id, WELFARE, company.id, since, until)
    units = Counter({kind: minor for kind, (_units, minor) in held.moved.items()})
    return Statement(
        company=company_view(company), month=since.date(), opening=opening, paid_in=moved[accounts.KIND],
        granted=-moved[_GRANTED], returned=sum(moved[kind] for kind in _RETURNED),
        closing=opening + sum(moved.values()), held_opening=held.opening_minor, held_granted=units["earn"],
        spent=-units["spend"], back=units["restore"], ended=-units["expire"],
        taken=-units["clawback"], held_closing=held.closing_minor,
        booked=books.balance(shop_id, code, company.currency), through=until,
    )  # fmt: skip


def usage(shop_id: UUID, company_id: UUID, month: date) -> Usage:
    """What was spent in a month. Groups of fewer than three people are told together, whatever they bought."""
    since, until = bounds(month.replace(day=1), identity.shop_by_id(shop_id).timezone)
    rows = _USAGE.rows({"shop_id": shop_id, "company_id": company_id, "since": since, "until": until})
    orders = units = few = 0
    departments: dict[str, int] = {}
    categories: dict[UUID, int] = {}
    for what, department, category, many, spent, people in rows:
        if what == "all":
            orders, units = many, spent
        elif people < FEWEST:
            few += spent if what == "department" else 0
        elif what == "department":
            departments[department] = spent
        else:
            categories[category] = spent
    return Usage(month.replace(day=1), orders, units, departments, categories, few)
