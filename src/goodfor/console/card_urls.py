"""Addresses of cards."""

from typing import Final

from django.urls import URLPattern, path

from goodfor.console.views.cards import batches, one, programs

card_urls: Final[list[URLPattern]] = [
    path("cards/", programs.listed, name="cards"),
    path("cards/new", programs.make, name="card-program-new"),
    path("cards/find", one.find, name="card"),
    path("cards/act", one.act, name="card-act"),
    path("cards/<uuid:card_program_id>/", programs.program, name="card-program"),
    path("cards/<uuid:card_program_id>/edit", programs.edit, name="card-program-edit"),
    path("cards/<uuid:card_program_id>/close", programs.close, name="card-program-close"),
    path("cards/<uuid:card_program_id>/batches", batches.make, name="card-batch-new"),
    path("cards/batches/<uuid:card_batch_id>/", batches.batch, name="card-batch"),
    path("cards/batches/<uuid:card_batch_id>/act", batches.act, name="card-batch-act"),
]
