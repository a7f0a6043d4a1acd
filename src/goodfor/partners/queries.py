"""Reads of partners, as dataclasses."""

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Sum

from goodfor.kernel.money import Money
from goodfor.kernel.sql import Tally
from goodfor.ledger import queries as ledger
from goodfor.partners import states
from goodfor.partners.accounts import account_of
from goodfor.partners.errors import EntryNeeded, ExchangeNotFound, PartnerNotFound
from goodfor.partners.mapping import account_view, exchange_view, notice_view, offer_view, spend_view
from goodfor.partners.models import Account, Attempt, Exchange, Movement, Notice, Offer, Spend, Supply, Word
from goodfor.partners.types import (
    AccountView,
    ExchangeView,
    Guest,
    MovementView,
    NoticeView,
    OfferView,
    Settlement,
    SpendView,
    WordView,
)

#: How many words to partners of a shop nobody says any more.
waiting: Final = Tally(__package__, "sql/waiting.sql")
_MOST: Final = 200


def accounts(shop_id: UUID) -> list[AccountView]:
    """All partners, by code."""
    return [account_view(row) for row in Account.objects.filter(shop_id=shop_id).order_by("code")[:_MOST]]


def account(shop_id: UUID, account_id: UUID) -> AccountView:
    """One. Raises PartnerNotFound."""
    row = Account.objects.filter(shop_id=shop_id, id=account_id).first()
    if row is None:
        raise PartnerNotFound
    return account_view(row)


def malls(shop_id: UUID) -> list[AccountView]:
    """Those whose mall a member can go to."""
    rows = Account.objects.filter(shop_id=shop_id, role=states.DEVELOPER, enabled=True).exclude(login_url="")
    return [account_view(row) for row in rows.order_by("code")[:_MOST]]


def spends(
    shop_id: UUID, account_id: UUID, *, only: str = "", before: UUID | None = None, limit: int = 50
) -> list[SpendView]:
    """Numbers of a mall's, newest first, with its notices. `only`: `open` (not ended yet) or `odd`."""
    view = account(shop_id, account_id)
    rows = Spend.objects.filter(shop_id=shop_id, account_id=account_id).order_by("-id")
    if only == "open":
        rows = rows.filter(state=states.TAKEN)
    elif only == "odd":
        rows = rows.exclude(odd="")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[:limit])
    told: dict[str, list[NoticeView]] = defaultdict(list)
    numbers = [row.order_num for row in found]
    notices = Notice.objects.filter(shop_id=shop_id, account_id=account_id, order_num__in=numbers).order_by("first_at")
    for one in notices:
        told[one.order_num].append(notice_view(one))
    supplies = Supply.objects.filter(shop_id=shop_id, spend_id__in=[row.id for row in found])
    goods = {one.spend_id: one for one in supplies}
    return [spend_view(row, view.currency, tuple(told[row.order_num]), goods.get(row.id)) for row in found]


def offers(shop_id: UUID, account_id: UUID, *, up: bool = False) -> list[OfferView]:
    """What a partner's people can have; `up`: only that which is."""
    rows = Offer.objects.filter(shop_id=shop_id, account_id=account_id).order_by("units", "id")
    return [offer_view(row) for row in (rows.filter(on=True) if up else rows)[:_MOST]]


def guest(shop_id: UUID, account_id: UUID, uid: str, units: int) -> Guest:
    """Whoever came in before, if the partner is still on. Raises EntryNeeded."""
    row = Account.objects.filter(shop_id=shop_id, id=account_id, role=states.MALL, enabled=True).first()
    if row is None:
        raise EntryNeeded
    return Guest(row.id, row.code, row.name, uid, units, known=uid != states.NOBODY)


def exchange_of_guest(shop_id: UUID, one: Guest, order_num: str) -> ExchangeView:
    """An exchange of this very person. Raises ExchangeNotFound."""
    named = {"shop_id": shop_id, "account_id": one.account_id, "uid": one.uid, "order_num": order_num}
    row = Exchange.objects.filter(**named).first()
    if row is None or not one.known:
        raise ExchangeNotFound
    return exchange_view(row, account(shop_id, one.account_id).currency)


def exchanges_of_guest(shop_id: UUID, one: Guest, *, limit: int = 20) -> list[ExchangeView]:
    """Their latest."""
    if not one.known:
        return []
    rows = Exchange.objects.filter(shop_id=shop_id, account_id=one.account_id, uid=one.uid).order_by("-id")[:limit]
    currency = account(shop_id, one.account_id).currency
    return [exchange_view(row, currency) for row in rows]


def exchanges(
    shop_id: UUID, account_id: UUID, *, only: str = "", before: UUID | None = None, limit: int = 50
) -> list[ExchangeView]:
    """Of a partner's people, newest first, with what it was told. `only`: `untold`, words that it has not heard.

    Raises PartnerNotFound.
    """
    currency = account(shop_id, account_id).currency
    rows = Exchange.objects.filter(shop_id=shop_id, account_id=account_id).order_by("-id")
    if only == "untold":
        words = Word.objects.filter(shop_id=shop_id, account_id=account_id, state__in=[states.DUE, states.GIVEN_UP])
        rows = rows.filter(id__in=words.values("exchange_id"))
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[:limit])
    said = _words(shop_id, [row.id for row in found])
    return [exchange_view(row, currency, words=tuple(said[row.id])) for row in found]


def _words(shop_id: UUID, ids: list[UUID]) -> dict[UUID, list[WordView]]:
    words = list(Word.objects.filter(shop_id=shop_id, exchange_id__in=ids).order_by("id"))
    tries: dict[UUID, list[tuple[datetime, str]]] = defaultdict(list)
    for one in Attempt.objects.filter(shop_id=shop_id, word_id__in=[word.id for word in words]).order_by("id"):
        tries[one.word_id].append((one.at, one.answer))
    found: dict[UUID, list[WordView]] = defaultdict(list)
    for word in words:
        view = WordView(word.id, word.success, word.state, word.next_at, tuple(tries[word.id]))
        found[word.exchange_id].append(view)
    return found


def settlement(shop_id: UUID, account_id: UUID, since: datetime, until: datetime, *, limit: int) -> Settlement:
    """What moved from `since` until before `until`, `limit` rows of it; sums are of all. Raises PartnerNotFound."""
    view = account(shop_id, account_id)
    all_rows = Movement.objects.filter(shop_id=shop_id, account_id=account_id, at__lt=until)
    rows = all_rows.filter(at__gte=since)
    sums = rows.aggregate(count=Count("id"), units=Sum("units", default=0), minor=Sum("minor", default=0))
    before = all_rows.filter(at__lt=since).aggregate(minor=Sum("minor", default=0))["minor"]
    return Settlement(
        rows=tuple(
            MovementView(row.at, row.what, row.order_num, row.units, Money(row.minor, view.currency))
            for row in rows.order_by("at", "id")[:limit]
        ),
        count=sums["count"],
        units=int(sums["units"]),
        opening=Money(int(before), view.currency),
        total=Money(int(sums["minor"]), view.currency),
        booked=Money(ledger.balance(shop_id, account_of(view.role, view.code), view.currency), view.currency),
    )
