"""The states of a message and what may follow what."""

from typing import Final

from goodfor.kernel.statemachine import Machine

QUEUED: Final = "queued"
SENDING: Final = "sending"
SENT: Final = "sent"
UNKNOWN: Final = "unknown"
FAILED: Final = "failed"
LOST: Final = "lost"
EXPIRED: Final = "expired"

#: `sending -> queued`: certainly not sent, or refused for now. `unknown -> queued`: nobody can say, and twice does no
#: harm. `unknown -> lost`: nobody can say, and twice would. `failed -> queued`, `lost -> queued`: a person said so.
#: `sent -> failed`: the vendor had taken it, and says now that the phone never got it.
MESSAGE: Final = Machine(
    "notify.message",
    QUEUED,
    {
        QUEUED: frozenset({SENDING, FAILED, EXPIRED}),
        SENDING: frozenset({SENT, QUEUED, FAILED, UNKNOWN}),
        UNKNOWN: frozenset({SENT, QUEUED, FAILED, LOST, EXPIRED}),
        FAILED: frozenset({QUEUED}),
        LOST: frozenset({QUEUED}),
        SENT: frozenset({FAILED}),
        EXPIRED: frozenset(),
    },
)
MACHINES: Final = (MESSAGE,)

#: States in which a loop still has something to do; only these have a time of the next try.
OPEN: Final = frozenset({QUEUED, SENDING, UNKNOWN})
ENDED: Final = MESSAGE.states - OPEN
