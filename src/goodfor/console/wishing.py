"""How what takes two people is asked for and let through: for how long, and by whom. Data."""

from datetime import timedelta
from typing import Final

from goodfor.identity.types import Permission

CODES: Final = "codes"
LIST: Final = "list"
#: Longer lists than this take two, too.
MOST_ROWS: Final = 1000
#: What another person must be allowed to do, and how long they must have been in the shop: whoever has taken over an
#: owner's browser could else invite an accomplice and ask them.
APPROVES: Final = Permission.RISK_REVIEW
HERE_FOR: Final = timedelta(days=1)
#: So long somebody may still say yes, and so long it may be taken after that, once.
DUE: Final = timedelta(hours=24)
OPEN_FOR: Final = timedelta(hours=1)
#: Who is alone waits over a night, in which the owner hears of it, and has as long to take it.
ALONE_AFTER: Final = timedelta(hours=12)
ALONE_OPEN: Final = timedelta(hours=12)
