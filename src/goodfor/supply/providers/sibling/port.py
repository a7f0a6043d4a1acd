"""What the connector needs of the house: supply sees no orders, so the wiring brings them together."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from goodfor.supply.providers.wire import NotSent, Reply


class House(Protocol):
    """The other shops of this installation."""

    def carry(
        self, *, buyer: UUID, shop: str, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> Reply:
        """A call of shop `buyer` to the API of the shop with that code; outside of transactions. Raises NotSent."""
        ...

    def leads_back(self, *, buyer: UUID, shop: str, sku_id: UUID) -> bool:
        """Whether that shop may itself be buying this SKU from `buyer`, straight or by others, or through too many."""
        ...


class Nobody:
    """An installation whose shops do not sell to each other."""

    def carry(
        self, *, buyer: UUID, shop: str, method: str, path: str, body: bytes, headers: Mapping[str, str]  # noqa: ARG002
    ) -> Reply:  # fmt: skip
        """Nothing is sent."""
        raise NotSent

    def leads_back(self, *, buyer: UUID, shop: str, sku_id: UUID) -> bool:  # noqa: ARG002
        """Nothing leads anywhere."""
        return False


_houses: list[House] = [Nobody()]


def install(house: House) -> None:
    """Said once, when all rooms are loaded."""
    _houses[0] = house


def house() -> House:
    """The one that was installed."""
    return _houses[0]
