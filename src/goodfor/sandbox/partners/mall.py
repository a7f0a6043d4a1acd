"""A points mall: it takes points by calling whoever has them, sends goods, tells how it went, and keeps its own books.

A call without an answer is a failed order, and is told without the other side's number, which it never learned.
"""

import contextlib
import json
import secrets
import threading
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

from goodfor.sandbox.partners.proofs import stamp, true_of
from goodfor.sandbox.partners.signing import hmac_sign, md5_sign

#: Tries of a notice, one after another until somebody says ok.
TRIES: Final = 8
WAIT_SECONDS: Final = 30.0


@dataclass
class Order:
    """An order of the mall's. `state`: asked, taken, refused, failed, success, fail."""

    number: str
    uid: str
    credits: int
    actual: int
    state: str = "asked"
    biz_id: str = ""
    said: str = ""
    notices: list[str] = field(default_factory=list)


class Mall:
    """One mall and its only developer. Safe between threads."""

    def __init__(self, app_key: str, secret: str) -> None:
        self.app_key, self.secret = app_key, secret
        #: Where the developer answers: `deduct`, `add` and `notice` are put behind it.
        self.developer = ""
        self.hmac = False
        self.wait = WAIT_SECONDS
        self.orders: dict[str, Order] = {}
        self.visits: list[dict[str, str]] = []
        self._lock = threading.Lock()

    def enter(self, params: dict[str, str]) -> bool:
        """Somebody comes by a link; whether it is good."""
        if not true_of(params, self.app_key, self.secret):
            return False
        with self._lock:
            self.visits.append({"uid": params.get("uid", ""), "credits": params.get("credits", "")})
        return True

    def begin(self, uid: str, credits: int, actual: int) -> Order:
        """An order that was not asked for yet."""
        order = Order(f"D{secrets.token_hex(8)}", uid, credits, actual)
        with self._lock:
            self.orders[order.number] = order
        return order

    def exchange(self, uid: str, credits: int, actual: int = 0) -> Order:
        """Take points for goods that cost the mall `actual` fen."""
        return self.ask(self.begin(uid, credits, actual))

    def ask(self, order: Order, **other: str) -> Order:
        """The call itself; `other` values than those of the order. A second call is made with the same number."""
        params = {
            "uid": order.uid, "credits": str(order.credits), "itemCode": "", "description": "星河商城兑换",
            "orderNum": order.number, "type": "coupon", "facePrice": str(order.actual),
            "actualPrice": str(order.actual), "ip": "198.51.100.7", "waitAudit": "false", **other,
        }  # fmt: skip
        body = self._call("deduct", params)
        said: dict[str, Any] = {}
        with contextlib.suppress(ValueError):
            said = json.loads(body or b"{}")
        order.said = str(said.get("errorMessage", ""))
        if said.get("status") == "ok":
            order.state, order.biz_id = "taken", str(said["bizId"])
        else:
            order.state = "refused" if said.get("status") == "fail" else "failed"
        return order

    def supply(self, order: Order, goods: str) -> dict[str, Any]:
        """Have the developer supply goods of its own for an order; what it answers. Only `success` is one."""
        params = {"uid": order.uid, "orderNum": order.number, "params": goods, "description": "", "account": ""}
        said: dict[str, Any] = json.loads(self._call("virtual", params) or b"{}")
        return said

    def give(self, uid: str, credits: int, number: str) -> dict[str, Any]:
        """Give points; what the developer answers."""
        params = {
            "uid": uid,
            "credits": str(credits),
            "orderNum": number,
            "type": "game",
            "description": "玩游戏得积分",
        }
        said: dict[str, Any] = json.loads(self._call("add", params) or b"{}")
        return said

    def end(self, order: Order, *, success: bool) -> Order:
        """What became of the goods; nobody is told yet."""
        order.state = "success" if success else "fail"
        return order

    def tell(self, order: Order, *, tries: int = TRIES, every: bool = False) -> str:
        """Tell until it is heard; `every`: all of the tries, whatever is answered. The last answer."""
        params = {
            "uid": order.uid, "orderNum": order.number, "bizId": order.biz_id, "errorMessage": "",
            "success": "true" if order.state == "success" else "false",
        }  # fmt: skip
        answer = ""
        for _ in range(tries):
            answer = (self._call("notice", params) or b"").decode("utf-8", "replace")
            order.notices.append(answer)
            if answer == "ok" and not every:
                break
        return answer

    def state_of(self, params: dict[str, str]) -> dict[str, Any] | None:
        """What it says of an order to whoever proves to be its developer; None: to anybody else."""
        if not true_of(params, self.app_key, self.secret):
            return None
        order = self.orders.get(params.get("orderNum", ""))
        if order is None:
            return {"success": False, "status": ""}
        words = {"success": "success", "taken": "process", "asked": "process"}
        return {"success": True, "status": words.get(order.state, "fail")}

    def books(self) -> dict[str, Any]:
        """All of it."""
        with self._lock:
            return {"orders": [asdict(one) for one in self.orders.values()], "visits": list(self.visits)}

    def owed(self) -> int:
        """Fen that its developer owes it: orders whose points it has."""
        return sum(one.actual for one in self.orders.values() if one.state in ("taken", "success"))

    def signed(self, params: dict[str, str]) -> dict[str, str]:
        """With the key, the time and the signature."""
        full = {**params, "appKey": self.app_key, "timestamp": params.get("timestamp", stamp())}
        if self.hmac:
            full["nonce"] = secrets.token_hex(8)
            return {**full, "sign": hmac_sign(full, self.secret)}
        return {**full, "sign": md5_sign(full, self.secret)}

    def _call(self, name: str, params: dict[str, str]) -> bytes | None:
        """The body of an answer; None without one in time."""
        url = f"{self.developer}/{name}?{urlencode(self.signed(params))}"
        try:
            with request.urlopen(url, timeout=self.wait) as answer:  # noqa: S310
                return bytes(answer.read(65536))
        except HTTPError as error:
            return error.read(65536) if error.code < 500 else None
        except (URLError, OSError):
            return None
