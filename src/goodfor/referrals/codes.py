"""Invite codes: how they look, and how people misread them. Pure."""

from typing import Final

#: No 0, O, 1 and I: read out loud or copied from paper they are mistaken for one another.
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH: Final = 8


def canonical(text: str) -> str:
    """The one spelling: upper case, without spaces and hyphens. Empty where it cannot be a code."""
    code = "".join(text.split()).replace("-", "").upper()
    return code if len(code) == LENGTH and all(letter in ALPHABET for letter in code) else ""


def shown(code: str) -> str:
    """In two groups, as people read it out."""
    return f"{code[:4]}-{code[4:]}"
