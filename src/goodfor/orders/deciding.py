"""Whose decision a refund is, for the bounds of a shop's day. Pure."""

from dataclasses import dataclass, replace
from typing import Final

STAFF: Final = "staff"
CLIENT: Final = "client"
#: Promises that code keeps: what could not be delivered, paid twice, or was returned unseen by its buyer.
AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decided it, counted as `kind`; `proven`: a person proved a moment ago who they are.

    `by_person`: somebody of the staff set it off, even where it counts as a promise kept by code.
    """

    kind: str
    actor: str
    proven: bool = False
    by_person: bool = False

    def keeping_a_promise(self) -> "Decider":
        """The same for money that code had given back already, and only goes out again by the same way."""
        return replace(self, kind=AUTO)


BY_ITSELF: Final = Decider(AUTO, "system")


def decided_by(actor: str, *, by_staff: bool = False, proven: bool = False) -> Decider:
    """By the actor's name in the audit trail; whoever is neither staff nor an API client asked by a buyer's rights."""
    kind = actor.partition(":")[0]
    if by_staff or kind == STAFF:
        return Decider(STAFF, actor, proven, by_person=True)
    return Decider(CLIENT, actor) if kind == CLIENT else Decider(AUTO, actor)
