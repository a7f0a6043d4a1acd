"""Addresses of points and tiers."""

from django.urls import path

from goodfor.console.views.points import member, owed, tasks, terms, tiers

points_urls = [
    path("points/", terms.points, name="points"),
    path("points/tiers", tiers.tiers, name="tiers"),
    path("points/tasks", tasks.tasks, name="tasks"),
    path("points/owed", owed.owed, name="points-owed"),
    path("points/owed/reckon", owed.reckon, name="points-reckon"),
    path("buyers/<uuid:buyer_id>/points", member.member, name="buyer-points"),
    path("buyers/<uuid:buyer_id>/points/adjust", member.adjust, name="buyer-points-adjust"),
    path("buyers/<uuid:buyer_id>/points/tier", member.grant, name="buyer-points-tier"),
]
