"""Codes of one's own brand: 85 random bits and three check characters, written so that people can read them.

Twenty characters of Crockford's 32 (no I, L, O, U): XXXXX-XXXXX-XXXXX-XXXXX. The last three are those of a
Reed-Solomon code over GF(32) with the roots a, a^2, a^3 (a^5 = a^2 + 1), of distance four: every slip in up to three
characters is found, and with that every mistyped character and every two that changed places, adjacent or not. Of
random texts one in 32,768 passes.
"""

import secrets
import unicodedata
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import keyring

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM: Final = 17
CHECKS: Final = 3
LENGTH: Final = RANDOM + CHECKS
GROUP: Final = 5
BITS: Final = RANDOM * 5
#: Nobody types more than this for one code; the rest is not looked at.
LONGEST_INPUT: Final = 80

_VALUE: Final = {letter: value for value, letter in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_DASHES: Final = frozenset("-‐‑‒–—―−_－ー·.")


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 62, [0] * 32, 1
    for exponent in range(31):
        powers[exponent] = powers[exponent + 31] = value
        logs[value] = exponent
        value <<= 1
        if value & 32:
            value ^= 0b100101
    return powers, logs


_POWERS, _LOGS = _tables()


def _times(a: int, b: int) -> int:
    return _POWERS[_LOGS[a] + _LOGS[b]] if a and b else 0


def _generator() -> list[int]:
    """The coefficients of (x - a)(x - a^2)(x - a^3) below the highest, highest first."""
    found = [1]
    for exponent in range(1, CHECKS + 1):
        root, longer = _POWERS[exponent], [*found, 0]
        for place, value in enumerate(found):
            longer[place + 1] ^= _times(value, root)
        found = longer
    return found[1:]


#: What a feedback of each value adds to the remainder, so that a code takes seventeen look-ups.
_STEP: Final = [
    sum(_times(feedback, factor) << 5 * (CHECKS - 1 - place) for place, factor in enumerate(_generator()))
    for feedback in range(32)
]
_REST: Final = (1 << 5 * CHECKS) - 1


def _checks(values: list[int]) -> int:
    rest = 0
    for value in values:
        feedback = value ^ rest >> 5 * (CHECKS - 1)
        rest = (rest << 5 & _REST) ^ _STEP[feedback]
    return rest


def with_checks(number: int) -> str:
    """The code of an 85-bit number. Raises ValueError for any other."""
    if not 0 <= number < 1 << BITS:
        raise ValueError(f"a code is made from {BITS} bits")
    values = [number >> 5 * place & 31 for place in range(RANDOM - 1, -1, -1)]
    rest = _checks(values)
    values += [rest >> 5 * place & 31 for place in range(CHECKS - 1, -1, -1)]
    return "".join(ALPHABET[value] for value in values)


def new_code() -> str:
    """A new code from the operating system's randomness, in its normal form of twenty characters."""
    return with_checks(secrets.randbits(BITS))


def shown(code: str) -> str:
    """The code as it is printed and shown: groups of five."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def is_sound(code: str) -> bool:
    """Whether a text in normal form has the right check characters."""
    if len(code) != LENGTH or any(letter not in ALPHABET for letter in code):
        return False
    values = [_VALUE[letter] for letter in code]
    rest = 0
    for value in values[RANDOM:]:
        rest = rest << 5 | value
    return _checks(values[:RANDOM]) == rest


def parse_code(text: str) -> str | None:
    """The normal form of what somebody typed, or None for a slip: nothing that was ever given out.

    Any case, spaces, dashes and full-width characters; O is read as 0, I and L as 1.
    """
    if len(text) > LONGEST_INPUT:
        return None
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = [letter for letter in plain if not letter.isspace() and letter not in _DASHES]
    if len(kept) != LENGTH or any(letter not in _VALUE for letter in kept):
        return None
    code = "".join(ALPHABET[_VALUE[letter]] for letter in kept)
    return code if is_sound(code) else None


def code_fingerprint(shop_id: UUID, code: str) -> bytes:
    """How a code is found without being stored: 16 bytes of a keyed hash of its normal form."""
    return keyring().blind_index("risk.code", shop_id.bytes + code.encode())
