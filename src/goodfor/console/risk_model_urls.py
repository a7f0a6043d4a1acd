"""Addresses of risk control: models, labels, what doors caught."""

from django.urls import URLPattern, path

from goodfor.console.views.risk_models import doors, labels, model, models, traps

risk_model_urls: list[URLPattern] = [
    path("risk/models/", models.models, name="risk-models"),
    path("risk/models/train", models.train, name="risk-model-train"),
    path("risk/models/trainings/<uuid:training_id>/stop", models.stop, name="risk-training-stop"),
    path("risk/models/<uuid:model_id>/", model.model, name="risk-model"),
    path("risk/models/<uuid:model_id>/move", model.move, name="risk-model-move"),
    path("risk/models/<uuid:model_id>/drift", model.look, name="risk-model-drift"),
    path("risk/labels/", labels.labels, name="risk-labels"),
    path("risk/labels/add", labels.add, name="risk-label-add"),
    path("risk/doors/", doors.doors, name="risk-doors"),
    path("risk/doors/find", doors.find, name="risk-doors-find"),
    path("risk/doors/unlock", doors.unlock, name="risk-door-unlock"),
    path("risk/doors/close", doors.close, name="risk-breaker-close"),
    path("risk/traps/", traps.traps, name="risk-traps"),
    path("risk/traps/codes", traps.plant_codes, name="risk-traps-codes"),
    path("risk/traps/stock", traps.plant_stock, name="risk-traps-stock"),
    path("risk/traps/<uuid:planted_id>/retire", traps.retire, name="risk-trap-retire"),
]
