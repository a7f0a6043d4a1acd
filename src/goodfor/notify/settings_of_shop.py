"""What a shop may set about its messages. Pure."""

from typing import Final

#: How long the send log is kept, in days: what a shop may choose, and what holds where it chose nothing.
KEEP_LEAST: Final = 7
KEEP_MOST: Final = 3650
KEEP_DAYS: Final = 180
