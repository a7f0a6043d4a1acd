"""The API alone, where it belongs."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("goodfor.openapi.urls"))]
