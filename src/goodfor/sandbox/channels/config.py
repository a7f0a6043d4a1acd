"""How one process of stand-ins runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

RETRY_SECONDS = (0.0, 1.0, 3.0, 10.0, 30.0, 60.0, 180.0)


@dataclass
class Limits:
    """Pauses that the channels demand; a test that cannot wait sets them to 0. `bill_hour` -1: bills at any time."""

    wechat_refund_gap: int = 60
    wechat_split_wait: int = 60
    alipay_refund_gap: int = 3
    bill_hour: int = 10
    #: From the announcement of a charge by agreement to the first day on which it is taken.
    charge_wait: int = 2 * 86_400


@dataclass(frozen=True)
class Config:
    """How one process runs. `retry_seconds` are the pauses before each try of a notify, the first being 0."""

    data_dir: Path
    control_token: str = field(repr=False)
    retry_seconds: tuple[float, ...] = RETRY_SECONDS
    notify_timeout: float = 5.0
    clock: Callable[[], float] = time.time
