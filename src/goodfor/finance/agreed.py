"""What a shop has agreed and how its goods are taxed, read once for many orders."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.finance import states
from goodfor.finance.mapping import agreement_view, contract_view, party_view
from goodfor.finance.models import Agreement, Contract, FeeRate, Party, SkuTax, TaxRate
from goodfor.finance.rules import shares
from goodfor.finance.rules.facts import Pact, Terms
from goodfor.finance.types import AgreementView, ContractView, PartyView, TaxOf

UNTAXED: Final = TaxOf("", 0, False)


@dataclass(frozen=True, slots=True)
class Agreed:
    """All versions of everything; the questions name the time."""

    contracts: dict[str, list[ContractView]]
    agreements: dict[str, list[AgreementView]]
    parties: dict[UUID, PartyView]
    rates: dict[str, list[tuple[datetime, int]]]
    skus: dict[UUID, list[tuple[datetime, str, bool]]]
    fees: dict[tuple[str, str], list[tuple[datetime, int]]]
    #: When any answer changes, ascending; answers by the stretch between two of these that a time is in.
    edges: list[datetime] = field(default_factory=list)
    _terms: dict[tuple[int, str, UUID], Terms] = field(default_factory=dict)
    _pacts: dict[tuple[int, str], list[Pact]] = field(default_factory=dict)

    def stretch(self, at: datetime) -> int:
        """Which stretch a time is in: within one, every question has the same answer."""
        return bisect_right(self.edges, at)

    def contract(self, supplier_code: str, at: datetime) -> ContractView | None:
        """The latest version whose time it is."""
        holding = [
            one
            for one in self.contracts.get(supplier_code, ())
            if one.valid_from <= at and (one.valid_to is None or at < one.valid_to)
        ]
        return max(holding, key=lambda one: one.version, default=None)

    def rate(self, tax_class: str, at: datetime) -> int:
        """The VAT rate of a class; nothing where none was set."""
        return max(((since, bp) for since, bp in self.rates.get(tax_class, ()) if since <= at), default=(at, 0))[1]

    def tax_of(self, sku_id: UUID, at: datetime) -> TaxOf:
        """How a SKU is taxed; a card is not when it is sold."""
        known = [one for one in self.skus.get(sku_id, ()) if one[0] <= at]
        if not known:
            return UNTAXED
        _since, tax_class, card = max(known, key=lambda one: one[0])
        return TaxOf(tax_class, 0 if card else self.rate(tax_class, at), card)

    def terms(self, supplier_code: str, sku_id: UUID, at: datetime) -> Terms:
        """How goods of a supplier count. Without a contract: as the shop's own, nothing in the cost to deduct."""
        key = (self.stretch(at), supplier_code, sku_id)
        if key not in self._terms:
            self._terms[key] = self._terms_of(supplier_code, sku_id, at)
        return self._terms[key]

    def _terms_of(self, supplier_code: str, sku_id: UUID, at: datetime) -> Terms:
        contract = self.contract(supplier_code, at)
        own = self.tax_of(sku_id, at).rate_bp
        if contract is None:
            return Terms(supplier_code, None, states.PRINCIPAL, "platform", own, 0)
        agent = contract.model == states.AGENT
        return Terms(
            supplier_code, contract.id, contract.model, contract.fee_bearer,
            self.rate(contract.tax_class, at) if agent else own, 0 if agent else contract.input_bp,
        )  # fmt: skip

    def pacts(self, at: datetime, currency: str) -> list[Pact]:
        """The versions of agreements in force, whose party is paid in this currency and not gone; by priority."""
        key = (self.stretch(at), currency)
        if key not in self._pacts:
            self._pacts[key] = shares.by_priority(self._pacts_of(at, currency))
        return self._pacts[key]

    def _pacts_of(self, at: datetime, currency: str) -> list[Pact]:
        found = []
        for versions in self.agreements.values():
            version = shares.in_force(versions, at)
            if version is None:
                continue
            party = self.parties[version.says.party_id]
            if party.currency == currency and (party.ended_at is None or at < party.ended_at):
                found.append(Pact(version, party))
        return found

    def fee_rate(self, provider: str, account_code: str, at: datetime) -> int:
        """What a channel account keeps, in millionths; the account's own rate before the provider's."""
        for key in ((provider, account_code), (provider, "")):
            known = [one for one in self.fees.get(key, ()) if one[0] <= at]
            if known:
                return max(known)[1]
        return 0


def read(shop_id: UUID) -> Agreed:
    """Everything that holds or ever held in a shop: some hundred rows."""
    contracts: dict[str, list[ContractView]] = defaultdict(list)
    for contract in Contract.objects.filter(shop_id=shop_id):
        contracts[contract.supplier_code].append(contract_view(contract))
    agreements: dict[str, list[AgreementView]] = defaultdict(list)
    for agreement in Agreement.objects.filter(shop_id=shop_id):
        agreements[agreement.code].append(agreement_view(agreement))
    rates: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for tax_class, since, bp in TaxRate.objects.filter(shop_id=shop_id).values_list(
        "tax_class", "valid_from", "rate_bp"
    ):
        rates[tax_class].append((since, bp))
    skus: dict[UUID, list[tuple[datetime, str, bool]]] = defaultdict(list)
    for row in SkuTax.objects.filter(shop_id=shop_id):
        skus[row.sku_id].append((row.valid_from, row.tax_class, row.card_sale))
    fees: dict[tuple[str, str], list[tuple[datetime, int]]] = defaultdict(list)
    for fee in FeeRate.objects.filter(shop_id=shop_id):
        fees[fee.provider, fee.account_code].append((fee.valid_from, fee.millionths))
    parties = {row.id: party_view(row) for row in Party.objects.filter(shop_id=shop_id)}
    spans = [
        *((one.says.valid_from, one.says.valid_to) for versions in agreements.values() for one in versions),
        *((one.valid_from, one.valid_to) for versions in contracts.values() for one in versions),
    ]
    edges = {
        *(edge for span in spans for edge in span if edge is not None),
        *(one.ended_at for one in parties.values() if one.ended_at is not None),
        *(at for told in (rates, fees) for known in told.values() for at, _rate in known),
        *(known[0] for told in skus.values() for known in told),
    }
    return Agreed(contracts, agreements, parties, rates, skus, fees, sorted(edges))
