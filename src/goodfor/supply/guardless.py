"""At whom a price may rise between our question and the order, and nothing refuses it. Pure."""

from goodfor.supply.providers.registry import connector_for


def guardless(protocol: str) -> bool:
    """Whether a purchase carries no limit of its price there.

    A protocol that is not there buys nothing: not its guard keeps it out.
    """
    connector = connector_for(protocol)
    return connector is not None and connector.about.guard == "none"
