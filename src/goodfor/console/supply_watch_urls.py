"""Addresses of watched prices, suggested matches and trials of another routing."""

from django.urls import path

from goodfor.console.views import supply_match, supply_trial, supply_watch

supply_watch_urls = [
    path("supply/watch/", supply_watch.watches, name="supply-watch"),
    path("supply/watch/moves/<uuid:move_id>/", supply_watch.decide, name="supply-move"),
    path("supply/watch/<uuid:sku_id>/", supply_watch.rule, name="supply-rule"),
    path("supply/watch/<uuid:sku_id>/save", supply_watch.save, name="supply-rule-save"),
    path("supply/watch/<uuid:sku_id>/remove", supply_watch.remove, name="supply-rule-remove"),
    path("supply/match/", supply_match.items, name="supply-match"),
    path("supply/match/sku/<uuid:sku_id>/", supply_match.sku, name="supply-match-sku"),
    path("supply/match/confirm", supply_match.confirm, name="supply-match-confirm"),
    path("supply/match/dismiss", supply_match.dismiss, name="supply-match-dismiss"),
    path("supply/trials/", supply_trial.trials, name="supply-trials"),
    path("supply/trials/start", supply_trial.start, name="supply-trial-start"),
    path("supply/trials/<uuid:trial_id>/", supply_trial.trial, name="supply-trial"),
]
