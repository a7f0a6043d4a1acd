"""Addresses of risk control: rules with their backtest, lists, reviews."""

from django.urls import URLPattern

risk_rule_urls: list[URLPattern] = []
