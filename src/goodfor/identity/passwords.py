"""Passwords: how strong they must be, what to do about it, and hashing by Django's argon2."""

import threading
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _
from zxcvbn import zxcvbn

from goodfor.identity.errors import WeakPassword

SHORTEST, LONGEST, ENOUGH = 8, 128, 3
#: zxcvbn looks at so much; its work grows quickly with length.
_LOOKED_AT = 72
#: The library keeps the caller's own words in a table of the module.
_one_at_a_time = threading.Lock()
#: By the first words of what zxcvbn says.
_ADVICE: dict[str, Any] = {
    "Straight rows": _("键盘上一排连着的键很容易猜。"),
    "Short keyboard": _("键盘上短的图形很容易猜。"),
    "Repeats like": _("重复的字符或片段很容易猜。"),
    "Sequences like": _("像 abc、6543 这样的顺序很容易猜。"),
    "Recent years": _("最近的年份很容易猜。"),
    "Dates are": _("日期很容易猜，生日更不要用。"),
    "This is a top-10 ": _("这是最常见的十个密码之一。"),
    "This is a top-100": _("这是最常见的一百个密码之一。"),
    "This is a very": _("这个密码很多人在用。"),
    "This is similar": _("这和常见密码太像。"),
    "A word by": _("一个单词很容易猜。"),
    "Names and": _("姓名很容易猜。"),
    "Common names": _("常见的姓名很容易猜。"),
}
_DEFAULT = _("再加一两个不常见的词，或用更长的一句话。")


def check_strength(password: str, own_words: Iterable[str]) -> None:
    """Raise WeakPassword with advice unless zxcvbn scores 3 or 4; `own_words` (name, contact) count as known."""
    if len(password) < SHORTEST:
        raise WeakPassword(_("至少 8 个字符。"), field="password")
    if len(password) > LONGEST or "\x00" in password:
        raise WeakPassword(_("最多 128 个字符。"), field="password")
    words = [part for word in own_words for part in (word, *word.replace("@", " ").replace(".", " ").split()) if part]
    with _one_at_a_time:
        found = zxcvbn(password[:_LOOKED_AT], user_inputs=["goodfor", *words])
    if found["score"] < ENOUGH:
        warning = str(found["feedback"]["warning"])
        said = next((text for start, text in _ADVICE.items() if warning.startswith(start)), _DEFAULT)
        raise WeakPassword(said, field="password", score=int(found["score"]))


def hash_password(password: str) -> str:
    """Django's text form, argon2id."""
    return make_password(password)


def matches(password: str, stored: str) -> bool:
    """True for the right password. With nothing stored it does the same work and is False."""
    if len(password) > LONGEST:
        password = ""
    if not stored:
        make_password(password)
        return False
    return check_password(password, stored)
