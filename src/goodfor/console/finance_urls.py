"""Addresses of finance: parties, contracts, rates, agreements, what was earned."""

from django.urls import path

from goodfor.console.desk.profits import PROFITS
from goodfor.console.listing.pages import listing_urls
from goodfor.console.views.finance import agreement_form, agreements, contracts, parties, party, profit, taxes

finance_urls = [
    *listing_urls("finance/profit/", PROFITS),
    path("finance/profit/by", profit.profit_by, name="profit-by"),
    path("orders/<str:number>/profit", profit.order_profit, name="order-profit"),
    path("finance/parties/", parties.parties, name="finance-parties"),
    path("finance/parties/new", parties.new_party, name="finance-party-new"),
    path("finance/parties/<uuid:party_id>/", party.party, name="finance-party"),
    path("finance/parties/<uuid:party_id>/edit", parties.edit_party, name="finance-party-edit"),
    path("finance/parties/<uuid:party_id>/bank", party.bank, name="finance-party-bank"),
    path("finance/parties/<uuid:party_id>/act", party.act, name="finance-party-act"),
    path("finance/agreements/", agreements.agreements, name="finance-agreements"),
    path("finance/agreements/one", agreements.agreement, name="finance-agreement"),
    path("finance/agreements/edit", agreement_form.edit, name="finance-agreement-edit"),
    path("finance/contracts/", contracts.contracts, name="finance-contracts"),
    path("finance/contracts/one", contracts.contract, name="finance-contract"),
    path("finance/taxes/", taxes.taxes, name="finance-taxes"),
]
