"""Addresses of risk control: what was judged: overview, decisions, people and devices."""

from django.urls import URLPattern

risk_urls: list[URLPattern] = []
