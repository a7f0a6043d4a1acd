"""Addresses of the console; config includes them at console/."""

from django.urls import path

from goodfor.console import views
from goodfor.console.site import site

urlpatterns = [
    path("signin", views.signin, name="console-signin"),
    path("language", views.language, name="console-language"),
    path("", site.urls),
]
