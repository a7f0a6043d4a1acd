"""Addresses of suppliers' accounts and statements."""

from django.urls import path

from goodfor.console.views.supply_accounts import books, statements

supply_account_urls = [
    path("supply/accounts/", books.accounts, name="supply-accounts"),
    path("supply/accounts/<uuid:supplier_id>/", books.account, name="supply-account"),
    path("supply/accounts/<uuid:supplier_id>/move", books.move, name="supply-account-move"),
    path("supply/findings/<uuid:finding_id>/close", books.finding, name="supply-finding-close"),
    path("supply/accounts/<uuid:supplier_id>/statements/", statements.statements, name="supply-statements"),
    path("supply/accounts/<uuid:supplier_id>/statements/check", statements.check, name="supply-statement-check"),
    path("supply/statements/<uuid:statement_id>/", statements.statement, name="supply-statement"),
]
