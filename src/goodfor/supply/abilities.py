"""What a supplier can do about a code that it sold, by its connector's real abilities. Pure."""

from dataclasses import dataclass

from goodfor.supply.providers.base import Connector


@dataclass(frozen=True, slots=True)
class Abilities:
    """`ask`: tell used from unused; `follow`: tell at least what became of a void; `void`, `complain`."""

    ask: bool = False
    follow: bool = False
    void: bool = False
    complain: bool = False


def abilities(
    connector: Connector | None, *, code_ref: str, order_ref: str, units: int, voidable: bool | None
) -> Abilities:
    """Of a code of a purchase of `units`; without a connector none. `voidable`: what they said of this very code."""
    if connector is None or connector.after is None:
        return Abilities()
    can, about = connector.can, connector.about
    state = "code_state" in can and bool(code_ref)
    void = "void" in can and bool(code_ref) and voidable is not False and (units == 1 or not about.voids_orders)
    return Abilities(
        ask=state and about.tells_used,
        follow=state or (void and units == 1 and about.found_by != "nothing"),
        void=void,
        complain="complain" in can and bool(order_ref),
    )
