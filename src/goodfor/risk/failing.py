"""What happens when a part of the engine does not answer, or not in time. Data. Never a silent allow."""

from collections.abc import Mapping
from typing import Final

from goodfor.risk.types import Outcome, Scene

#: The least that is asked for when a part failed; what the other parts found may be stronger.
POLICY: Final[Mapping[Scene, Outcome]] = {
    Scene.REGISTER: Outcome.CHALLENGE,
    Scene.SIGN_IN: Outcome.CHALLENGE,
    Scene.ONE_TIME_CODE: Outcome.CHALLENGE,
    Scene.LOOK_UP: Outcome.CHALLENGE,
    # The order is taken, its goods wait: the code stays ours.
    Scene.ORDER: Outcome.HOLD,
    Scene.PAY: Outcome.HOLD,
    Scene.REVEAL: Outcome.REVIEW,
    Scene.REDEEM: Outcome.CHALLENGE,
    Scene.CLAIM: Outcome.REVIEW,
    Scene.COUPON: Outcome.CHALLENGE,
    Scene.REFERRAL: Outcome.REVIEW,
    # Staff can come back in a minute; codes cannot be called back.
    Scene.STAFF_VIEW: Outcome.DENY,
    Scene.EXPORT: Outcome.DENY,
}
REASON: Final = "engine_failing"
