"""Reads of aftersales, as values."""

from goodfor.aftersales.picture_reads import picture_content, pictures_of
from goodfor.aftersales.promise_wording import promise_lines
from goodfor.aftersales.promises import BUILT_IN, history, promise_for, promise_of_shop, promises_of

__all__ = [
    "BUILT_IN",
    "history",
    "picture_content",
    "pictures_of",
    "promise_for",
    "promise_lines",
    "promise_of_shop",
    "promises_of",
]
