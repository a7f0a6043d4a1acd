"""What may become of a model, and of a training. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

CANDIDATE: Final = "candidate"
#: The challenger: it scores beside the champion, and nothing follows from it.
SHADOW: Final = "shadow"
CHAMPION: Final = "champion"
RETIRED: Final = "retired"

MODEL: Final = Machine(
    "risk.model",
    CANDIDATE,
    {
        CANDIDATE: frozenset({SHADOW, RETIRED}),
        SHADOW: frozenset({CHAMPION, RETIRED}),
        CHAMPION: frozenset({RETIRED}),
        # When a new champion fails, the old one comes back: in the shadow first, and by two people again.
        RETIRED: frozenset({SHADOW}),
    },
)
#: Those that score.
SERVING: Final = (CHAMPION, SHADOW)

# A training that somebody asked for.
WAITING: Final = "waiting"
RUNNING: Final = "running"
DONE: Final = "done"
#: It made no model: too little is known, it took too long, somebody stopped it.
BROKEN: Final = "broken"
TRAINING: Final = Machine(
    "risk.training",
    WAITING,
    {
        WAITING: frozenset({RUNNING, BROKEN}),
        RUNNING: frozenset({DONE, BROKEN}),
        DONE: frozenset(),
        BROKEN: frozenset(),
    },
)
OPEN: Final = (WAITING, RUNNING)
# Why it made none.
TOO_FEW: Final = "too_few"
NO_LIBRARY: Final = "no_library"
TOO_LONG: Final = "too_long"
TOO_LARGE: Final = "too_large"
STOPPED: Final = "stopped"
FAILED: Final = "failed"
PROBLEMS: Final = (TOO_FEW, NO_LIBRARY, TOO_LONG, TOO_LARGE, STOPPED, FAILED)
# What it is at.
READING: Final = "reading"
LEARNING: Final = "learning"
JUDGING: Final = "judging"
EARLIER: Final = "earlier"
PHASES: Final = (READING, LEARNING, JUDGING, EARLIER)
