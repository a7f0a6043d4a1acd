"""Addresses of figures: dashboard, top and flop, stock, cohorts, funnel, health, saved reports, the daily brief."""

from django.urls import URLPattern, path

from goodfor.console.views.insights import board, brief, cohorts, files, funnel, health, reports, stock, tops

insight_urls: list[URLPattern] = [
    path("insights/", board.board, name="insights"),
    path("insights/file", files.file, name="insights-file"),
    path("insights/tops/", tops.tops, name="insights-tops"),
    path("insights/stock/", stock.stock, name="insights-stock"),
    path("insights/stock/<uuid:sku_id>/", stock.one, name="insights-sku"),
    path("insights/cohorts/", cohorts.cohorts, name="insights-cohorts"),
    path("insights/funnel/", funnel.funnel, name="insights-funnel"),
    path("insights/health/", health.health, name="insights-health"),
    path("insights/brief/", brief.brief, name="insights-brief"),
    path("insights/reports/", reports.reports, name="insights-reports"),
    path("insights/reports/new", reports.new, name="insights-report-new"),
    path("insights/reports/<uuid:report_id>/", reports.report, name="insights-report"),
    path("insights/reports/<uuid:report_id>/edit", reports.edit, name="insights-report-edit"),
    path("insights/reports/<uuid:report_id>/move", reports.move, name="insights-report-move"),
    path("insights/reports/<uuid:report_id>/<int:issue_number>/", reports.issue, name="insights-issue"),
]
