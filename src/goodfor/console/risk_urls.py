"""Addresses of risk control: what was judged: overview, decisions, people and devices."""

from django.urls import URLPattern, path

from goodfor.console.views.risk import decision, decisions, entity, overview

risk_urls: list[URLPattern] = [
    path("risk/", overview.overview, name="risk"),
    path("risk/find", entity.find, name="risk-find"),
    path("risk/decisions/", decisions.decisions, name="risk-decisions"),
    path("risk/decisions/<uuid:decision_id>/", decision.decision, name="risk-decision"),
    path("risk/decisions/<uuid:decision_id>/label", decision.label, name="risk-decision-label"),
    path("risk/<slug:entity_kind>/<int:entity_key>/", entity.entity, name="risk-entity"),
    path("risk/<slug:entity_kind>/<int:entity_key>/value", entity.value, name="risk-entity-value"),
]
