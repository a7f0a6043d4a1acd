"""From rows to values and back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from goodfor.finance.models import Agreement, Contract, Party
from goodfor.finance.profit_models import OrderProfit
from goodfor.finance.rules import facts
from goodfor.finance.sold_models import Share, Sold
from goodfor.finance.types import (
    AgreementInput,
    AgreementView,
    ContractView,
    OrderProfitRow,
    PartyView,
    ShareView,
    Terms,
    Tier,
)


def bank_aad(shop_id: UUID, party_id: UUID) -> bytes:
    """What binds a party's bank details to its row."""
    return b"finance.bank:" + shop_id.bytes + party_id.bytes


def party_view(row: Party) -> PartyView:
    """Without the bank details."""
    return PartyView(
        row.id, row.shop_id, row.kind, row.code, row.name, row.email, row.supplier_code, row.receiver_id, row.currency,
        row.cycle, row.cycle_day, row.lag_days, row.min_payout_minor, row.hold_back_bp, row.collection,
        row.bank_key_id is not None, row.bank_changed_at, row.frozen_until, row.ended_at,
    )  # fmt: skip


def contract_view(row: Contract) -> ContractView:
    """As it is kept."""
    return ContractView(
        row.id, row.shop_id, row.supplier_code, row.version, row.model, row.tax_class, row.input_bp, row.cycle,
        row.fee_bearer, row.valid_from, row.valid_to, row.made_at, row.made_by,
    )  # fmt: skip


def terms_to_json(terms: Terms) -> dict[str, Any]:
    """Only what the kind has."""
    kept: dict[str, Any] = {"kind": terms.kind}
    if terms.kind == "percent":
        kept["bp"] = terms.bp
    elif terms.kind == "fixed":
        kept["minor"] = terms.minor
    elif terms.kind == "tiers":
        kept |= {"measure": terms.measure, "tiers": [[tier.from_volume, tier.bp] for tier in terms.tiers]}
    return kept


def terms_from_json(kept: Mapping[str, Any]) -> Terms:
    """Back from what `terms_to_json` wrote."""
    tiers = tuple(Tier(since, bp) for since, bp in kept.get("tiers", ()))
    return Terms(kept["kind"], kept.get("bp", 0), kept.get("minor", 0), kept.get("measure", "units"), tiers)


def agreement_view(row: Agreement) -> AgreementView:
    """As it is kept."""
    says = AgreementInput(
        code=row.code, party_id=row.party_id, terms=terms_from_json(row.terms), valid_from=row.valid_from,
        valid_to=row.valid_to, scope=row.scope, scope_ref=row.scope_ref, base=row.base,
        line_cap_minor=row.line_cap_minor, month_cap_minor=row.month_cap_minor, priority=row.priority,
    )  # fmt: skip
    return AgreementView(row.id, row.shop_id, row.version, says, row.made_at, row.made_by)


def share_view(row: Share) -> ShareView:
    """As it stands."""
    return ShareView(
        row.order_id, row.order_line_id, row.agreement_id, row.agreement_code, row.version, row.party_id, row.account,
        row.base_minor, row.amount_minor, row.reversed_minor, row.superseded_at is not None, row.currency,
        row.explained,
    )  # fmt: skip


def share_facts(row: Share) -> facts.ShareFacts:
    """For the rules."""
    return facts.ShareFacts(
        row.agreement_id, row.agreement_code, row.version, row.party_id, row.account, row.rank, row.base_minor,
        row.amount_minor, row.reversed_minor, row.volume_before, row.explained,
    )  # fmt: skip


def line_facts(rows: Sequence[Sold]) -> facts.LineFacts:
    """The parts of one line, for the rules."""
    first = rows[0]
    parts = tuple(_part(row) for row in sorted(rows, key=lambda row: row.part))
    return facts.LineFacts(first.order_line_id, first.sku_id, first.category_id, parts)


def _part(row: Sold) -> facts.Part:
    terms = facts.Terms(
        row.supplier_code, row.contract_id, row.model, row.fee_bearer, row.rate_bp,
        0,  # What input VAT there was is known: the rate is not asked again.
    )  # fmt: skip
    return facts.Part(
        row.part, terms, row.quantity, row.gross_minor, row.cost_minor, row.discount_minor, row.vat_minor,
        row.passed_minor, row.fee_minor, row.input_minor, row.refunded_minor, row.cost_back_minor, row.vat_back_minor,
        row.passed_back_minor, row.fee_back_minor, row.input_back_minor,
    )  # fmt: skip


def profit_row(row: OrderProfit) -> OrderProfitRow:
    """As it is kept."""
    return OrderProfitRow(
        row.order_id, row.number, row.currency, row.stage, row.revenue_minor, row.discount_minor, row.cost_minor,
        row.fee_minor, row.share_minor, row.marketing_minor, row.compensation_minor, row.recovery_minor,
        row.other_minor, row.tax_minor, row.profit_minor, row.estimate_minor, row.delivered_at,
    )  # fmt: skip
