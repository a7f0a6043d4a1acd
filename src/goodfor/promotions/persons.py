"""Who counts as one person: whoever shares a name. Pure."""

from collections.abc import Iterable
from typing import Final

from goodfor.promotions.cart_types import BuyerNames

#: Length of a name in the tables.
MAX_NAME: Final = 100


def names_of(names: BuyerNames) -> tuple[str, ...]:
    """All that tells a person again: account or browser, device, telephone, group of linked accounts.

    Not the network address: a household, a school and a city behind one address are many people.
    """
    known = (("b", names.buyer_ref), ("c", names.cluster), ("d", names.device), ("p", names.phone))
    return tuple(f"{kind}:{value}"[:MAX_NAME] for kind, value in known if value)


def is_contact(name: str) -> bool:
    """Whether it is a telephone or mailbox, which anybody can type."""
    return name.startswith("p:")


def people(parties: Iterable[Iterable[str]]) -> int:
    """How many persons these are: who shares a name with somebody is the same, also by way of others."""
    groups: list[set[str]] = []
    for party in parties:
        names, apart = set(party), []
        for group in groups:
            if group & names:
                names |= group
            else:
                apart.append(group)
        groups = [*apart, names]
    return len(groups)
