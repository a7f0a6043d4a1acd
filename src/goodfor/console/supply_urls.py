"""Addresses of everything about supply."""

from django.urls import path

from goodfor.console.desk.purchases import PURCHASES, UNCLEAR
from goodfor.console.desk.suppliers import SUPPLIERS
from goodfor.console.listing.pages import listing_urls
from goodfor.console.views.supply import connect, decide, items, purchase, sku, supplier

_ONE = "supply/suppliers/<uuid:supplier_id>/"
supply_urls = [
    *listing_urls("supply/suppliers/", SUPPLIERS),
    path("supply/suppliers/new", connect.new, name="supplier-new"),
    path(_ONE, supplier.supplier, name="supplier"),
    path(f"{_ONE}first", connect.first, name="supplier-first"),
    path(f"{_ONE}settings", connect.edit, name="supplier-edit"),
    path(f"{_ONE}contract", connect.contract, name="supplier-contract"),
    path(f"{_ONE}top-up", supplier.top_up, name="supplier-top-up"),
    path(f"{_ONE}items", items.items, name="supplier-items"),
    path(f"{_ONE}calls", items.calls, name="supplier-calls"),
    path("supply/calls/<uuid:call_id>/", items.call, name="supply-call"),
    *listing_urls("supply/purchases/", PURCHASES),
    path("supply/purchases/<uuid:attempt_id>/", purchase.purchase, name="purchase"),
    path("supply/purchases/<uuid:attempt_id>/warned", purchase.warned, name="purchase-warned"),
    *listing_urls("supply/unclear/", UNCLEAR),
    path("supply/unclear/<uuid:attempt_id>/", decide.decide, name="supply-decide"),
    path("supply/skus/<uuid:sku_id>/", sku.sku_supply, name="sku-supply"),
]
