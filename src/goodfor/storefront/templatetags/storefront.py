"""Buyer pages write as the kit writes: `{% load storefront %}` is `{% load kit %}` by its old name."""

from goodfor.kit.templatetags.kit import register

__all__ = ["register"]
