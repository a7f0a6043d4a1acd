"""Who acts in `bench risk`: the same people, devices and places in the filled past and in what is measured."""

import random
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final
from uuid import UUID

BUYERS, DEVICES, PLACES, CARDS, BATCHES = 1_000_000, 800_000, 500_000, 900_000, 200
#: This address has 3.8 % of all traffic.
HEAD: Final = 0
HEAD_SHARE: Final = 0.038
_FIRST_IP: Final = int(ip_address("45.0.0.0"))
#: Scenes of what is measured, and how often they come.
SCENES: Final = (("sign_in", 35), ("order", 30), ("pay", 20), ("reveal", 5), ("redeem", 10))
#: The past: scene, result, share.
PAST: Final = (
    ("sign_in", 0, 0.20), ("sign_in", 1, 0.13), ("sign_in", 2, 0.04), ("order", 0, 0.22), ("pay", 0, 0.13),
    ("pay", 1, 0.10), ("pay", 2, 0.03), ("redeem", 0, 0.05), ("redeem", 2, 0.02), ("reveal", 0, 0.08),
)  # fmt: skip


def buyer(n: int) -> str:
    """The name of a buyer."""
    return f"buyer:{n}"


def phone(n: int) -> str:
    """A telephone number of the mainland."""
    return f"+86139{n:08d}"


def device(n: int) -> str:
    """A device's id."""
    return f"bench-device-{n}"


def place(n: int) -> str:
    """An address: 64 of them are in use in each /24."""
    return str(ip_address(_FIRST_IP + 4 * n))


def card(n: int) -> str:
    """What is paid with."""
    return f"card-{n:08d}"


def batch(n: int) -> str:
    """A batch of codes."""
    return f"batch-{n}"


class People:
    """Picks acts by chance, as the past was filled."""

    def __init__(self, shop_id: UUID, seed: int) -> None:
        self._shop_id = shop_id
        self._dice = random.Random(seed)  # noqa: S311  (nothing secret)
        self._scenes = [scene for scene, _ in SCENES]
        self._weights = [weight for _, weight in SCENES]

    def act(self, types: Any, at: datetime, *, hot: bool = False) -> Any:
        """One act of somebody; `hot`: a sign-in of anybody from the head address."""
        dice = self._dice
        n = int(dice.random() ** 1.5 * BUYERS) % BUYERS
        own = dice.random()
        where = dice.random()
        from_place = (
            HEAD if hot or where < HEAD_SHARE
            else n * 104_729 % PLACES if where < 0.75
            else dice.randrange(PLACES)
        )  # fmt: skip
        scene = "sign_in" if hot else dice.choices(self._scenes, self._weights)[0]
        return types.Act(
            shop_id=self._shop_id,
            scene=types.Scene(scene),
            at=at,
            buyer=buyer(n),
            device=device(n * 7919 % DEVICES if own < 0.85 else dice.randrange(DEVICES)),
            ip=place(from_place),
            phone=phone(n) if scene == "order" else "",
            instrument=card(n * 13 % CARDS if own < 0.9 else dice.randrange(CARDS)) if scene == "pay" else "",
            batch=batch(dice.randrange(BATCHES)) if scene == "redeem" else "",
            amount_minor=dice.randrange(1_000, 50_000) if scene in ("order", "pay") else 0,
            currency="CNY" if scene in ("order", "pay") else "",
        )
