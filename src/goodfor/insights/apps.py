"""The insights app: what the shop really did and earned, in figures that are exact and quick to read."""

from django.apps import AppConfig


class InsightsApp(AppConfig):
    """Cubes of postings and orders, cohorts, forecasts, reports and the daily brief."""

    name = "goodfor.insights"
    label = "insights"
