"""A partner's app: its people have points there, spend them in a mall, and it hears how that went. Faults on demand."""

import secrets
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlencode

from goodfor.sandbox.partners.proofs import stamp, true_of
from goodfor.sandbox.partners.signing import md5_sign

#: What the next calls do: `slow` answers after `seconds`, `lost` works and never answers, `broken` does not work,
#: `refuse` says no, `process` says neither yes nor no after working, `deaf` hears a notice and does not say ok.
FAULTS: Final = ("slow", "lost", "broken", "refuse", "process", "deaf")


@dataclass
class Deduction:
    """Points that were taken. `state`: taken, done, back, barred (told failed before it was asked)."""

    number: str
    uid: str
    credits: int
    biz_id: str
    state: str = "taken"
    heard: int = 0


class App:
    """Balances, deductions by the mall's number, and faults. Safe between threads."""

    def __init__(self, app_key: str, secret: str) -> None:
        self.app_key, self.secret = app_key, secret
        self.balances: dict[str, int] = {}
        self.taken: dict[str, Deduction] = {}
        self.contradictions = 0
        self.refused_calls = 0
        self._faults: list[dict[str, Any]] = []
        self._lock = threading.RLock()

    def fault(self, kind: str, *, times: int = 1, seconds: float = 0.0) -> None:
        """Set one. Raises ValueError."""
        if kind not in FAULTS:
            raise ValueError(f"faults: {', '.join(FAULTS)}")
        with self._lock:
            self._faults.append({"kind": kind, "left": times, "seconds": seconds})

    def link(self, mall: str, uid: str, **other: str) -> str:
        """How somebody gets into a mall, made for one click."""
        params = {
            "uid": uid, "credits": str(self.balances.get(uid, 0)), "appKey": self.app_key, "timestamp": stamp(), **other
        }  # fmt: skip
        return f"{mall}?{urlencode({**params, 'sign': md5_sign(params, self.secret)})}"

    def deduct(self, params: dict[str, str]) -> tuple[int, dict[str, Any] | None]:
        """Status and answer; None: no answer at all."""
        if not self._proven(params):
            return 200, {"status": "fail", "errorMessage": "签名验证失败", "credits": "0"}
        if self._take("broken"):
            return 500, {"error": "fault on demand"}
        if (slow := self._take("slow")) is not None:
            time.sleep(slow["seconds"])
        if self._take("refuse"):
            return 200, {"status": "fail", "errorMessage": "积分冻结", "credits": "0"}
        said = self._deduct(params)
        if self._take("lost"):
            return 200, None
        return 200, {**said, "status": "process"} if self._take("process") else said

    def _deduct(self, params: dict[str, str]) -> dict[str, Any]:
        number, uid, credits = params["orderNum"], params["uid"], int(params["credits"])
        with self._lock:
            known = self.taken.get(number)
            if known is not None and known.state != "taken":
                return {"status": "fail", "errorMessage": "订单已结束", "credits": str(self.balances.get(uid, 0))}
            if known is None:
                if self.balances.get(uid, 0) < credits:
                    return {"status": "fail", "errorMessage": "积分不足", "credits": str(self.balances.get(uid, 0))}
                self.balances[uid] -= credits
                known = self.taken[number] = Deduction(number, uid, credits, secrets.token_hex(8))
            return {"status": "ok", "errorMessage": "", "bizId": known.biz_id, "credits": str(self.balances[uid])}

    def notice(self, params: dict[str, str]) -> str:
        """The word that is answered."""
        if not self._proven(params):
            return "fail"
        if self._take("broken"):
            return "fault on demand"
        success = params.get("success") == "true"
        with self._lock:
            known = self.taken.get(params["orderNum"])
            if known is None:
                known = self.taken[params["orderNum"]] = Deduction(params["orderNum"], params["uid"], 0, "", "barred")
            known.heard += 1
            if known.state == "taken":
                known.state = "done" if success else "back"
                self.balances[known.uid] += 0 if success else known.credits
            elif success != (known.state == "done"):
                self.contradictions += 1
        return "later" if self._take("deaf") else "ok"

    def books(self) -> dict[str, Any]:
        """All of it."""
        with self._lock:
            return {"balances": dict(self.balances), "taken": [asdict(one) for one in self.taken.values()]}

    def spent(self) -> int:
        """Points that are gone for good, or for now."""
        return sum(one.credits for one in self.taken.values() if one.state in ("taken", "done"))

    def _proven(self, params: dict[str, str]) -> bool:
        good = true_of(params, self.app_key, self.secret)
        self.refused_calls += not good
        return good

    def _take(self, kind: str) -> dict[str, Any] | None:
        with self._lock:
            for fault in self._faults:
                if fault["kind"] == kind and fault["left"]:
                    fault["left"] -= 1
                    return fault
        return None
