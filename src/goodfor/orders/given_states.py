"""Where a code is that its buyer gives away. Pure."""

from typing import Final

#: Kept for the gift: nobody sees, claims or gives it.
HELD: Final = "held"
#: With whoever opened the gift.
PASSED: Final = "passed"
#: The buyer's again.
BACK: Final = "back"
#: Refunded, or another code is in its place.
GONE: Final = "gone"

#: Out of the buyer's hands.
LIVE: Final = frozenset({HELD, PASSED})
STATES: Final = frozenset({HELD, PASSED, BACK, GONE})
