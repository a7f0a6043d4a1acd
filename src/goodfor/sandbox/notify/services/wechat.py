"""WeChat: access tokens, template messages and both kinds of subscription messages."""

import hmac
import time

from goodfor.sandbox.notify.demo import WECHAT_APP_ID, WECHAT_SECRET
from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.web import Request, Response, json_response

_LIMITS = {"thing": 20, "character_string": 32}


def stable_token(desk: Desk, request: Request) -> Response:
    """POST /cgi-bin/stable_token: the same token until it ends, unless a refresh is forced."""
    wish = request.json()
    if wish.get("grant_type") != "client_credential" or wish.get("appid") != WECHAT_APP_ID:
        return _error(desk, "token", 40013, "invalid appid")
    if not hmac.compare_digest(str(wish.get("secret", "")), WECHAT_SECRET):
        return _error(desk, "token", 40125, "invalid appsecret")
    token, seconds = desk.access_token(WECHAT_APP_ID, refresh=wish.get("force_refresh") is True)
    desk.note("wechat", "token", "ok")
    return json_response({"access_token": token, "expires_in": seconds})


def template(desk: Desk, request: Request) -> Response:
    """POST /cgi-bin/message/template/send; a repeated client_msg_id is dropped."""
    return _send(desk, request, "template")


def official(desk: Desk, request: Request) -> Response:
    """POST /cgi-bin/message/subscribe/bizsend."""
    return _send(desk, request, "bizsend")


def mini(desk: Desk, request: Request) -> Response:
    """POST /cgi-bin/message/subscribe/send."""
    return _send(desk, request, "subscribe")


def _send(desk: Desk, request: Request, endpoint: str) -> Response:
    if desk.faults.take("expired_token", "wechat") is not None:
        desk.revoke_tokens()
        return _error(desk, endpoint, 42001, "access_token expired")
    if not desk.token_is_good(request.query.get("access_token", "")):
        return _error(desk, endpoint, 40001, "invalid credential, access_token is invalid or not latest")
    if desk.faults.take("rate_limit", "wechat") is not None:
        return _error(desk, endpoint, 45009, "reach max api daily quota limit")
    if (refusal := desk.faults.take("refuse", "wechat")) is not None:
        return _error(desk, endpoint, int(str(refusal.settings["code"] or "43101")), "user refuse to accept the msg")
    wish = request.json()
    data = wish.get("data")
    if not isinstance(data, dict) or not str(wish.get("template_id", "")):
        return _error(desk, endpoint, 40037, "invalid template_id")
    values = {str(name): str(item.get("value", "")) for name, item in data.items() if isinstance(item, dict)}
    for name, value in values.items():
        most = _LIMITS.get(name.rstrip("0123456789"), 1000)
        if endpoint != "template" and (not value or len(value) > most):
            return _error(desk, endpoint, 47003, f"argument invalid! data.{name}.value")
    tag = str(wish.get("client_msg_id", ""))
    msgid = time.time_ns() // 1000
    if not (tag and desk.books.letters("wechat", tag=tag)):
        text = "\n".join(f"{name}: {value}" for name, value in values.items())
        content = {"template": wish["template_id"], "kind": endpoint, "params": values, "text": text}
        content |= {"url": str(wish.get("url", "")), "page": str(wish.get("page", ""))}
        desk.books.letter("wechat", str(wish.get("touser", "")), content, at_ms=desk.now_ms(), ref=str(msgid), tag=tag)
    desk.note("wechat", endpoint, "ok")
    return json_response({"errcode": 0, "errmsg": "ok", "msgid": msgid})


def _error(desk: Desk, endpoint: str, code: int, message: str) -> Response:
    desk.note("wechat", endpoint, str(code))
    return json_response({"errcode": code, "errmsg": message})
