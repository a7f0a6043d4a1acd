"""Addresses of the books."""

from django.urls import path

from goodfor.console.views import ledger
from goodfor.console.views.books import exports, income, months

book_urls = [
    path("ledger/", ledger.trial_balance, name="ledger"),
    path("ledger/account", ledger.statement, name="statement"),
    path("ledger/tx/<int:tx_id>/", ledger.transaction, name="ledger-tx"),
    path("ledger/income", income.income, name="book-income"),
    path("ledger/months/", months.months, name="book-months"),
    path("ledger/month", months.month, name="book-month"),
    path("ledger/month/close", months.close, name="book-month-close"),
    path("ledger/files", exports.files, name="book-files"),
]
