"""Addresses of reconciliation."""

from django.urls import path

from goodfor.console.desk.recon_cases import RECON_CASES
from goodfor.console.listing.pages import listing_urls
from goodfor.console.views.recon import case, days, runs

recon_urls = [
    *listing_urls("recon/cases/", RECON_CASES),
    path("recon/cases/<uuid:recon_case_id>/", case.case, name="recon-case"),
    path("recon/cases/<uuid:recon_case_id>/act", case.act, name="recon-case-act"),
    path("recon/days/", days.days, name="recon-days"),
    path("recon/day", days.day, name="recon-day"),
    path("recon/day/act", days.act, name="recon-day-act"),
    path("recon/runs/<uuid:recon_run_id>/", runs.run, name="recon-run"),
    path("recon/runs/<uuid:recon_run_id>/again", runs.again, name="recon-run-again"),
]
