"""Proof of work (ALTCHA's format): a price that rises with the risk. A one-time code is the way around it.

A challenge is stateless and signed. It says how dear it is, until when it is good, and for whom: shop, door and the
asker's device, so that somebody else's solution is worth nothing. The browser looks for a counter below a limit whose
derived key (PBKDF2) begins as the challenge says; checking takes one hash. What each cost means is in `ROUNDS`.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import altcha

from goodfor.kernel.crypto import keyring
from goodfor.risk.doors.types import DEAREST
from goodfor.risk.operations.use_challenge import use_challenge

ALGORITHM: Final = "PBKDF2/SHA-256"
#: Hashes of one derivation: what making a challenge costs us, whatever it costs the asker.
ITERATIONS: Final = 1000
#: Counters below which the solution lies, by cost; half of them are tried, more or less. Chromium tries some 3.5 a
#: millisecond in each worker of a desk computer: medians 0.08, 0.18, 0.7 and 3 s in one (`soak pages` measures it).
ROUNDS: Final[Mapping[int, int]] = {1: 300, 2: 1_200, 3: 5_000, 4: 15_000}
LIFETIME: Final = timedelta(minutes=10)
_PURPOSE: Final = "risk.challenge"
_KEY_PURPOSE: Final = "risk.challenge.key"
_LONGEST: Final = 4096


def issue(*, shop_id: UUID, door: str, cost: int, bound_to: str, now: datetime) -> dict[str, Any]:
    """A new challenge as JSON values, good for ten minutes. `bound_to`: the asker's device, else the address.

    Raises ValueError for a cost that is not 1 to 4.
    """
    if not 1 <= cost <= DEAREST:
        raise ValueError("a challenge costs 1 to 4")
    ring = keyring()
    made = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=secrets.randbelow(ROUNDS[cost]),
        data={
            "cost": cost,
            "rounds": ROUNDS[cost],
            "until": int((now + LIFETIME).timestamp()),
            "for": _binding(shop_id, door, bound_to),
        },
        hmac_secret=ring.raw_index_key(_PURPOSE),
        hmac_key_secret=ring.raw_index_key(_KEY_PURPOSE),
    )
    found: dict[str, Any] = made.to_dict()
    return found


def verify(*, shop_id: UUID, door: str, payload: str, bound_to: str, now: datetime, cost: int = 1) -> bool:
    """Whether this is the solution of a challenge of ours, at least so dear, for this asker here, and new.

    True once only: the second time, also at the same moment, it is False. Never raises for what somebody sent.
    """
    told = _solved(payload)
    if told is None:
        return False
    data, nonce = told
    until = datetime.fromtimestamp(data["until"], tz=now.tzinfo)
    if data["cost"] < cost or until < now or not hmac.compare_digest(data["for"], _binding(shop_id, door, bound_to)):
        return False
    return use_challenge(shop_id=shop_id, nonce=nonce, until=until)


def _solved(payload: str) -> tuple[dict[str, Any], bytes] | None:
    """What a right solution's challenge says of itself, and its nonce. Expiry is ours: time is passed in here."""
    if not payload or len(payload) > _LONGEST:
        return None
    ring = keyring()
    try:
        given = altcha.Payload.from_base64(payload)
        result = altcha.verify_solution(
            given,
            ring.raw_index_key(_PURPOSE),
            hmac_key_secret=ring.raw_index_key(_KEY_PURPOSE),
        )
        data = given.challenge.parameters.data
        if not result.verified or data is None:
            return None
        return data, bytes.fromhex(given.challenge.parameters.nonce)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None


def _binding(shop_id: UUID, door: str, bound_to: str) -> str:
    text = f"{door}\0{bound_to}".encode("utf-8", "surrogatepass")
    return hmac.digest(keyring().raw_index_key(_PURPOSE), b"for\0" + shop_id.bytes + text, "sha256").hex()[:32]


def solve(challenge: Mapping[str, Any]) -> str:
    """What a browser would hand in: for tests and soaks. Takes as long as it is dear."""
    asked = altcha.Challenge.from_dict(json.loads(json.dumps(challenge)))
    found = altcha.solve_challenge(asked)
    if found is None:
        raise ValueError("no solution in time")
    text: str = altcha.Payload(asked, found).to_base64()
    return text
