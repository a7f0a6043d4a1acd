"""Reads of finance, as values."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.finance import agreed, figures
from goodfor.finance.desk import agreement_months as agreement_months
from goodfor.finance.desk import backdates as backdates
from goodfor.finance.desk import count_profits as count_profits
from goodfor.finance.desk import fee_rates as fee_rates
from goodfor.finance.desk import profit_by as profit_by
from goodfor.finance.desk import profits_by_ids as profits_by_ids
from goodfor.finance.desk import search_profits as search_profits
from goodfor.finance.desk import sku_taxes as sku_taxes
from goodfor.finance.desk import sum_profits as sum_profits
from goodfor.finance.desk import tax_rates as tax_rates
from goodfor.finance.desk import walk_profits as walk_profits
from goodfor.finance.errors import OrderNotFollowed, PartyNotFound
from goodfor.finance.mapping import agreement_view, bank_aad, contract_view, party_view, profit_row, share_view
from goodfor.finance.models import Agreement, Contract, Party
from goodfor.finance.profit_models import OrderProfit
from goodfor.finance.sold_models import Share, Sold
from goodfor.finance.trial import tried as tried
from goodfor.finance.types import (
    AgreementView,
    Bank,
    Cell,
    ContractView,
    OrderProfitRow,
    OrderProfitView,
    PartyView,
    ShareView,
    SoldView,
    TaxOf,
)
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.sql import Statement

_POSTINGS = Statement(__package__, "sql/postings.sql")
PAGE = 500


def party(shop_id: UUID, party_id: UUID) -> PartyView:
    """One party. Raises PartyNotFound."""
    row = Party.objects.filter(shop_id=shop_id, id=party_id).first()
    if row is None:
        raise PartyNotFound
    return party_view(row)


def parties(shop_id: UUID, *, kind: str | None = None, ended: bool = True) -> list[PartyView]:
    """Parties of a shop, by kind and code."""
    rows = Party.objects.filter(shop_id=shop_id).order_by("kind", "code")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if not ended:
        rows = rows.filter(ended_at__isnull=True)
    return [party_view(row) for row in rows]


def bank_of(shop_id: UUID, party_id: UUID) -> Bank | None:
    """Where a party is paid, or None; for whoever writes the payout, and for no page. Raises PartyNotFound."""
    row = Party.objects.filter(shop_id=shop_id, id=party_id).first()
    if row is None:
        raise PartyNotFound
    if row.bank_key_id is None or row.bank_blob is None:
        return None
    text = keyring().open(Sealed(row.bank_key_id, bytes(row.bank_blob)), bank_aad(shop_id, party_id))
    return Bank(**json.loads(text))


def contract_at(shop_id: UUID, supplier_code: str, at: datetime) -> ContractView | None:
    """What holds with a supplier at a time; the code is empty for the shop's own goods."""
    return agreed.read(shop_id).contract(supplier_code, at)


def contracts(shop_id: UUID, supplier_code: str | None = None) -> list[ContractView]:
    """All versions, by supplier, the latest first."""
    rows = Contract.objects.filter(shop_id=shop_id).order_by("supplier_code", "-version")
    if supplier_code is not None:
        rows = rows.filter(supplier_code=supplier_code)
    return [contract_view(row) for row in rows]


def agreements(shop_id: UUID, code: str | None = None) -> list[AgreementView]:
    """All versions, by code, the latest first."""
    rows = Agreement.objects.filter(shop_id=shop_id).order_by("code", "-version")
    if code is not None:
        rows = rows.filter(code=code)
    return [agreement_view(row) for row in rows]


def rates_of(shop_id: UUID, sku_id: UUID, at: datetime) -> TaxOf:
    """How a SKU is taxed at a time: class, rate in ten thousandths, and whether it is a card that is taxed later."""
    return agreed.read(shop_id).tax_of(sku_id, at)


def sold_of_order(shop_id: UUID, order_id: UUID) -> list[SoldView]:
    """What of a delivered order is whose, by line and part; nothing until the books were followed so far."""
    rows = Sold.objects.filter(shop_id=shop_id, order_id=order_id).order_by("order_line_id", "part")
    return [
        SoldView(
            row.order_line_id, row.part, row.sku_id, row.model, row.quantity, row.currency, row.gross_minor,
            row.refunded_minor, row.rate_bp, row.vat_minor, row.vat_back_minor, row.passed_minor,
            row.passed_back_minor, row.delivered_at,
        )
        for row in rows
    ]  # fmt: skip


def shares_of_order(shop_id: UUID, order_id: UUID) -> list[ShareView]:
    """What parties get of an order by every version that ever paid, by line and rank."""
    rows = Share.objects.filter(shop_id=shop_id, order_id=order_id)
    return [share_view(row) for row in rows.order_by("order_line_id", "rank", "version")]


def order_profit(shop_id: UUID, order_id: UUID) -> OrderProfitView:
    """What an order earned, each figure with the postings behind it, as they are now. Raises OrderNotFollowed.

    The postings are read at this moment: what finance kept may be a second older.
    """
    row = OrderProfit.objects.filter(shop_id=shop_id, order_id=order_id).first()
    if row is None:
        raise OrderNotFollowed
    amounts = dict.fromkeys(figures.NAMES, 0)
    behind: dict[str, list[tuple[int, int]]] = {name: [] for name in figures.NAMES}
    for posting in _POSTINGS.rows({"shop_id": shop_id, "ids": [order_id]}):
        figure = figures.figure_of(posting[5])
        if figure is not None:
            amounts[figure[0]] += figure[1] * posting[6]
            behind[figure[0]].append((posting[1], posting[2]))
    cells = {name: Cell(amounts[name], tuple(behind[name])) for name in figures.NAMES}
    return OrderProfitView(
        row.order_id, row.number, row.currency, row.stage, figures.profit(amounts), cells, row.estimate, row.changed_at
    )


def order_profits(
    shop_id: UUID, *, since: datetime, until: datetime, after: tuple[datetime, UUID] | None = None, limit: int = 100
) -> Sequence[OrderProfitRow]:
    """What orders earned that were delivered in a time, oldest first; `after`: time and id of the last one before.

    Raises InvalidInput (limit over 500).
    """
    if not 1 <= limit <= PAGE:
        raise InvalidInput("limit out of range", limit=PAGE)
    rows = OrderProfit.objects.filter(shop_id=shop_id, delivered_at__gte=since, delivered_at__lt=until)
    if after is not None:
        rows = rows.filter(delivered_at__gte=after[0]).exclude(delivered_at=after[0], order_id__lte=after[1])
    return [profit_row(row) for row in rows.order_by("delivered_at", "order_id")[:limit]]
