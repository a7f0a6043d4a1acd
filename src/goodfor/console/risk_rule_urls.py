"""Addresses of risk control: rules with their backtest, lists, reviews."""

from django.urls import URLPattern, path

from goodfor.console.views.risk_rules import (
    backtests,
    changes,
    editor,
    list_import,
    lists,
    review,
    reviews,
    rule,
    rules,
)

risk_rule_urls: list[URLPattern] = [
    path("risk/rules/", rules.rules, name="risk-rules"),
    path("risk/rules/new", editor.new, name="risk-rule-new"),
    path("risk/rules/backtests/", backtests.backtests, name="risk-backtests"),
    path("risk/rules/backtests/<uuid:backtest_id>/", backtests.backtest, name="risk-backtest"),
    path("risk/rules/backtests/<uuid:backtest_id>/save", backtests.save, name="risk-backtest-save"),
    path("risk/rules/<uuid:rule_id>/", rule.rule, name="risk-rule"),
    path("risk/rules/<uuid:rule_id>/edit", editor.edit, name="risk-rule-edit"),
    path("risk/rules/<uuid:rule_id>/move", rule.move, name="risk-rule-move"),
    path("risk/rules/<uuid:rule_id>/spare", rule.spare, name="risk-rule-spare"),
    path("risk/changes/", changes.changes, name="risk-changes"),
    path("risk/changes/<uuid:proposal_id>/", changes.change, name="risk-change"),
    path("risk/changes/<uuid:proposal_id>/decide", changes.decide, name="risk-change-decide"),
    path("risk/lists/", lists.lists, name="risk-lists"),
    path("risk/lists/add", lists.add, name="risk-list-add"),
    path("risk/lists/make", lists.make, name="risk-list-make"),
    path("risk/lists/remove", lists.remove, name="risk-list-remove"),
    path("risk/lists/import", list_import.imports, name="risk-list-import"),
    path("risk/lists/export", lists.export, name="risk-list-export"),
    path("risk/lists/entries/<uuid:entry_id>/value", lists.reveal, name="risk-list-value"),
    path("risk/reviews/", reviews.reviews, name="risk-reviews"),
    path("risk/reviews/next", review.next_one, name="risk-review-next"),
    path("risk/reviews/times", reviews.policies, name="risk-review-policies"),
    path("risk/reviews/<uuid:review_id>/", review.review, name="risk-review"),
    path("risk/reviews/<uuid:review_id>/take", review.hold, name="risk-review-take"),
    path("risk/reviews/<uuid:review_id>/decide", review.decide, name="risk-review-decide"),
]
