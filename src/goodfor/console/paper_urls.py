"""Addresses of suppliers who are written to, and of how suppliers did."""

from django.urls import path

from goodfor.console.views import supply_files, supply_health

_FILES = "supply/files/<uuid:paper_id>/"
paper_urls = [
    path("supply/files/", supply_files.file_suppliers, name="supply-files"),
    path(_FILES, supply_files.paper, name="supply-paper"),
    path(f"{_FILES}put-out", supply_files.put_out, name="supply-put-out"),
    path(f"{_FILES}sheets/<uuid:sheet_id>", supply_files.fetch, name="supply-sheet"),
    path(f"{_FILES}answers", supply_files.answers, name="supply-answers"),
    path("supply/health/", supply_health.overview, name="supply-health"),
    path("supply/health/<uuid:supplier_id>/", supply_health.health, name="supplier-health"),
    path("supply/health/<uuid:supplier_id>/card", supply_health.card, name="supplier-card"),
]
