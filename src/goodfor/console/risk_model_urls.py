"""Addresses of risk control: models, labels, what doors caught."""

from django.urls import URLPattern

risk_model_urls: list[URLPattern] = []
