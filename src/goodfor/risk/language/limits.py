"""How much an expression may hold, and which numbers it knows. Pure."""

from typing import Final

#: Characters, of what was typed and of its canonical form alike.
MAX_CHARACTERS: Final = 2_000
MAX_DEPTH: Final = 32
MAX_NODES: Final = 200
MAX_NAMES: Final = 64
#: Values of one list behind `in`, and characters of one quoted text.
MAX_ITEMS: Final = 200
MAX_TEXT: Final = 200
MAX_NAME: Final = 64
MAX_ARGUMENTS: Final = 16
#: A number literal as typed.
MAX_DIGITS: Final = 32

#: Numbers are IEEE doubles. One of this magnitude or above is not known; one below `TINY` and not 0 counts as 0.
HUGE: Final = 1e20
TINY: Final = 1e-20
#: The same as powers of two, outward.
HUGE_EXPONENT: Final = 67
TINY_EXPONENT: Final = -67
#: No step of an expression's arithmetic can leave 2^-1000 to 2^1000: proved at save (`ranges`), so that neither Python
#: nor PostgreSQL ever meets an overflow, an underflow or an infinity.
MOST_EXPONENT: Final = 1_000
LEAST_EXPONENT: Final = -1_000
