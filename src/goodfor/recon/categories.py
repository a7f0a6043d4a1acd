"""The kinds of differences, what a machine does about each, and how soon a person must have looked. Pure.

Source: finance reference 4.2.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

# Actions, carried out through `actions.Actions`.
ASK_CHANNEL: Final = "ask_channel"
ASK_OURS: Final = "ask_about_ours"
FREEZE: Final = "freeze"
ASK_REFUND: Final = "ask_refund"
POST_FEE: Final = "post_fee"
GIVE_BACK: Final = "give_back"
REFETCH: Final = "refetch"
REPLAY: Final = "replay"
CLAIM: Final = "claim"
ACCRUE: Final = "accrue"
LOOK: Final = "look"


@dataclass(frozen=True, slots=True)
class Category:
    """One kind. `action` empty: nothing a machine could do; `case` False: told in the run, no case is opened.

    `blocks`: while such a case of a day is open, the day cannot be closed.
    """

    code: str
    about: str
    action: str
    due: timedelta
    case: bool = True
    blocks: bool = False


_DAY = timedelta(days=1)
_ALL = (
    Category("C1", "theirs_only", ASK_CHANNEL, _DAY),
    Category("C2", "ours_only", ASK_OURS, _DAY),
    Category("C3", "amount", FREEZE, _DAY),
    Category("C4", "state", ASK_REFUND, _DAY),
    Category("C5", "fee", POST_FEE, 3 * _DAY),
    Category("C6", "duplicate", GIVE_BACK, _DAY),
    Category("C7", "day_shift", "", _DAY, case=False),
    Category("C8", "currency_or_account", "", _DAY),
    Category("C9", "balance_chain", REFETCH, _DAY, blocks=True),
    Category("C10", "books_gap", REPLAY, _DAY),
    Category("S1", "charged_not_delivered", CLAIM, 3 * _DAY),
    Category("S2", "delivered_not_charged", ACCRUE, 7 * _DAY),
    Category("S3", "cost_differs", "", 3 * _DAY),
    Category("S4", "charged_twice", CLAIM, 3 * _DAY),
    Category("S5", "late_success", "", 3 * _DAY),
    Category("S6", "prepaid_differs", LOOK, _DAY, blocks=True),
)
CATEGORIES: Final = {one.code: one for one in _ALL}
#: Days that a row of ours may wait for its twin before it counts as missing: a channel's day ends elsewhere than ours.
POOL_DAYS: Final = 3
#: A fee may differ by so much from amount x rate: channels round each row (finance reference 4.1).
FEE_TOLERANCE: Final = "0.01"
#: Two rows of one amount without a common number may be the same when they are so close in time.
NEAR: Final = timedelta(minutes=10)
