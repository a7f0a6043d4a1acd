"""What may become of a model. Pure."""

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
