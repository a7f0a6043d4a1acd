"""Addresses of everything about codes."""

from django.urls import path

from goodfor.console.desk.codes import CODE_BATCHES, CODE_STOCK
from goodfor.console.listing.pages import listing_urls
from goodfor.console.views import code_batch, code_export, code_find, code_import, code_recall

code_urls = [
    *listing_urls("codes/batches/", CODE_BATCHES),
    path("codes/batches/<uuid:code_batch_id>/", code_batch.batch, name="code-batch"),
    path("codes/batches/<uuid:code_batch_id>/act", code_batch.act, name="code-batch-act"),
    path("codes/batches/<uuid:code_batch_id>/recall/", code_recall.recall, name="code-recall"),
    path("codes/batches/<uuid:code_batch_id>/recall/act", code_recall.act, name="code-recall-act"),
    path("codes/batches/<uuid:code_batch_id>/codes", code_export.export, name="code-export"),
    *listing_urls("codes/stock/", CODE_STOCK),
    path("codes/import/", code_import.imports, name="code-import"),
    path("codes/import/<uuid:intake_id>/", code_import.intake, name="code-intake"),
    path("codes/import/<uuid:intake_id>/act", code_import.act, name="code-intake-act"),
    path("codes/find/", code_find.find, name="code-find"),
    path("codes/code/<uuid:code_id>/", code_find.one, name="code-one"),
]
