"""Adapters to payment channels: a folder for each, one Protocol, one dict."""
