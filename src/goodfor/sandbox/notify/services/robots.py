"""The group robots of WeCom, DingTalk and Feishu."""

import base64
import hashlib
import hmac
import time

from goodfor.sandbox.notify.demo import DINGTALK_SECRET, DINGTALK_TOKEN, FEISHU_SECRET, FEISHU_TOKEN, WECOM_KEY
from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.web import Request, Response, json_response

_HOUR = 3600


def wecom(desk: Desk, request: Request) -> Response:
    """POST /cgi-bin/webhook/send?key=..."""
    text = _inner(request.json(), "text", "content")
    right = hmac.compare_digest(request.query.get("key", ""), WECOM_KEY)
    if not right or desk.faults.take("bad_signature", "wecom") is not None:
        return _erring(desk, "wecom", 93000, "invalid webhook url")
    if len(text.encode()) > 2048:
        return _erring(desk, "wecom", 40058, "content exceed max length")
    return _kept(desk, "wecom", text, limited=45009)


def dingtalk(desk: Desk, request: Request) -> Response:
    """POST /robot/send?access_token=...&timestamp=...&sign=..."""
    text = _inner(request.json(), "text", "content")
    stamp = request.query.get("timestamp", "")
    if not hmac.compare_digest(request.query.get("access_token", ""), DINGTALK_TOKEN):
        return _erring(desk, "dingtalk", 300001, "token is not exist")
    if not stamp.isdigit() or abs(int(stamp) / 1000 - time.time()) > _HOUR:
        return _erring(desk, "dingtalk", 310000, "timestamp is invalid")
    to_sign = (stamp + "\n" + DINGTALK_SECRET).encode()
    right = base64.b64encode(hmac.new(DINGTALK_SECRET.encode(), to_sign, hashlib.sha256).digest()).decode()
    signed = hmac.compare_digest(request.query.get("sign", ""), right)
    if not signed or desk.faults.take("bad_signature", "dingtalk") is not None:
        return _erring(desk, "dingtalk", 310000, "sign not match")
    return _kept(desk, "dingtalk", text, limited=130101)


def feishu(desk: Desk, request: Request, token: str) -> Response:
    """POST /open-apis/bot/v2/hook/TOKEN."""
    wish = request.json()
    text, stamp = _inner(wish, "content", "text"), str(wish.get("timestamp", ""))
    if not hmac.compare_digest(token, FEISHU_TOKEN):
        return _coding(desk, 19001, "param invalid: incoming webhook access token invalid")
    if not stamp.isdigit() or abs(int(stamp) - time.time()) > _HOUR:
        return _coding(desk, 19021, "sign match fail or timestamp is not within one hour from current time")
    key = (stamp + "\n" + FEISHU_SECRET).encode()
    right = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
    signed = hmac.compare_digest(str(wish.get("sign", "")), right)
    if not signed or desk.faults.take("bad_signature", "feishu") is not None:
        return _coding(desk, 19021, "sign match fail or timestamp is not within one hour from current time")
    if desk.faults.take("rate_limit", "feishu") is not None:
        return _coding(desk, 11232, "frequency limited")
    _keep(desk, "feishu", text)
    return _coding(desk, 0, "success")


def _kept(desk: Desk, service: str, text: str, *, limited: int) -> Response:
    if desk.faults.take("rate_limit", service) is not None:
        return _erring(desk, service, limited, "too many requests")
    _keep(desk, service, text)
    return _erring(desk, service, 0, "ok")


def _keep(desk: Desk, service: str, text: str) -> None:
    desk.books.letter(service, "group", {"text": text}, at_ms=desk.now_ms())


def _inner(wish: dict[str, object], outer: str, inner: str) -> str:
    found = wish.get(outer)
    return str(found.get(inner, "")) if isinstance(found, dict) else ""


def _erring(desk: Desk, service: str, code: int, message: str) -> Response:
    desk.note(service, "send", str(code))
    return json_response({"errcode": code, "errmsg": message})


def _coding(desk: Desk, code: int, message: str) -> Response:
    desk.note("feishu", "send", str(code))
    return json_response({"code": code, "msg": message, "data": {}})
