"""The living page."""

from django.urls import path

from goodfor.kit import views

app_name = "kit"
urlpatterns = [
    path("", views.living, name="living"),
    path("/fragment", views.fragment, name="fragment"),
]
