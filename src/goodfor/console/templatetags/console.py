"""`{% load console %}`: the console's own words in templates."""

from django import template

from goodfor.console import words

register = template.Library()


@register.filter
def case_kind(kind: str) -> str:
    """What kind of case it is, in words."""
    return words.word(words.CASE_KINDS, kind)


@register.filter
def role(name: str) -> str:
    """A role in words."""
    return words.word(words.ROLES, name)


@register.filter
def session_method(name: str) -> str:
    """How somebody came in, in words."""
    return words.word(words.SESSION_METHODS, name)


@register.filter
def fact_kind(kind: str) -> str:
    """What a channel said, in words."""
    return words.word(words.FACTS, kind)


@register.filter
def case_detail(key: str) -> str:
    """A detail of a case, in words."""
    return words.word(words.CASE_DETAILS, key)
