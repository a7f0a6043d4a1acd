"""Addresses of settlement: cycles, statements, payouts."""

from django.urls import path

from goodfor.console.desk.settlements import STATEMENTS
from goodfor.console.listing.pages import listing_urls
from goodfor.console.views.settlement import overview, payouts, statement

settlement_urls = [
    path("settlement/", overview.overview, name="settlement"),
    path("settlement/policy", overview.policy, name="settlement-policy"),
    *listing_urls("settlement/statements/", STATEMENTS),
    path("settlement/statements/<uuid:settlement_id>/", statement.statement, name="settlement-statement"),
    path("settlement/statements/<uuid:settlement_id>/act", statement.act, name="settlement-statement-act"),
    path("settlement/statements/<uuid:settlement_id>/file", statement.file, name="settlement-statement-file"),
    path("settlement/payouts/", payouts.payouts, name="settlement-payouts"),
    path("settlement/payouts/<uuid:payout_id>/", payouts.payout, name="settlement-payout"),
    path("settlement/files/<uuid:payout_file_id>/", payouts.file, name="settlement-file"),
]
