"""Aliyun SMS, Dysmsapi 2017-05-25: SendSms and QuerySendDetails under ACS3-HMAC-SHA256."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from goodfor.sandbox.notify.demo import ALIYUN_KEY_ID, ALIYUN_KEY_SECRET, SIGN_NAME
from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.web import Request, Response, json_response

_AUTHORIZATION = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})")
_NEEDED = ("host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version")
_MINUTES = 15


def handle(desk: Desk, request: Request) -> Response:
    """The one address of the service; the action is a header."""
    action = request.headers.get("X-Acs-Action", "")
    problem = _signature_problem(desk, request)
    if problem:
        desk.note("aliyun", action, problem)
        return _answer(problem, 403 if problem == "SignatureDoesNotMatch" else 400)
    if desk.faults.take("rate_limit", "aliyun") is not None:
        desk.note("aliyun", action, "rate_limit")
        return _answer("isv.BUSINESS_LIMIT_CONTROL", 200)
    if action == "SendSms":
        return _send(desk, request.query)
    if action == "QuerySendDetails":
        return _query(desk, request.query)
    return _answer("InvalidAction.NotFound", 404)


def _send(desk: Desk, params: Mapping[str, str]) -> Response:
    phone = params.get("PhoneNumbers", "")
    code = ""
    if (refusal := desk.faults.take("refuse", "aliyun")) is not None:
        code = str(refusal.settings["code"] or "isv.SMS_TEMPLATE_ILLEGAL")
    elif not re.fullmatch(r"1[3-9]\d{9}|[1-9]\d{6,14}", phone):
        code = "isv.MOBILE_NUMBER_ILLEGAL"
    elif params.get("SignName") != SIGN_NAME:
        code = "isv.SMS_SIGNATURE_ILLEGAL"
    elif not params.get("TemplateCode", "").startswith("SMS_"):
        code = "isv.SMS_TEMPLATE_ILLEGAL"
    try:
        values = json.loads(params.get("TemplateParam", "{}"))
    except ValueError:
        code = "isv.INVALID_JSON_PARAM"
    desk.note("aliyun", "SendSms", code or "OK")
    if code:
        return _answer(code, 200)
    text = "，".join(f"{name}={value}" for name, value in values.items())
    ref = f"{time.time_ns()}^0"
    content = {"template": params["TemplateCode"], "params": values, "text": f"【{SIGN_NAME}】{text}"}
    desk.books.letter("aliyun", phone, content, at_ms=desk.now_ms(), ref=ref, tag=params.get("OutId", ""))
    return json_response({"Code": "OK", "Message": "OK", "BizId": ref, "RequestId": _request_id()})


def _query(desk: Desk, params: Mapping[str, str]) -> Response:
    desk.note("aliyun", "QuerySendDetails", "OK")
    found = [] if desk.faults.take("query_empty", "aliyun") else desk.books.letters("aliyun", params["PhoneNumber"])
    missed = desk.faults.take("not_delivered", "aliyun")
    details = [
        {
            "OutId": letter["tag"],
            "PhoneNum": letter["recipient"],
            "SendStatus": 2 if missed else 3,
            "ErrCode": "UNDELIV" if missed else "DELIVERED",
            "Content": "…",
        }
        for letter in found
    ]
    body = {"Code": "OK", "Message": "OK", "TotalCount": str(len(details)), "RequestId": _request_id()}
    return json_response({**body, "SmsSendDetailDTOs": {"SmsSendDetailDTO": details}})


def _signature_problem(desk: Desk, request: Request) -> str:
    headers = {name.lower(): value for name, value in request.headers.items()}
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None or desk.faults.take("bad_signature", "aliyun") is not None:
        return "SignatureDoesNotMatch"
    key_id, signed, signature = found.groups()
    names = signed.split(";")
    if key_id != ALIYUN_KEY_ID:
        return "InvalidAccessKeyId.NotFound"
    if names != sorted(names) or any(name not in names or not headers.get(name) for name in _NEEDED):
        return "IncompleteSignature"
    try:
        stamp = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return "InvalidTimeStamp.Format"
    if abs(stamp.timestamp() - time.time()) > _MINUTES * 60:
        return "InvalidTimeStamp.Expired"
    body_hash = hashlib.sha256(request.body).hexdigest()
    query = "&".join(
        f"{quote(name, safe='~')}={quote(request.query[name], safe='~')}" for name in sorted(request.query)
    )
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    canonical = f"{request.method}\n{request.path}\n{query}\n{lines}\n{signed}\n{body_hash}"
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    right = hmac.new(ALIYUN_KEY_SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    matches = hmac.compare_digest(right, signature) and headers["x-acs-content-sha256"] == body_hash
    return "" if matches else "SignatureDoesNotMatch"


def _answer(code: str, status: int) -> Response:
    return json_response({"Code": code, "Message": f"stand-in says {code}", "RequestId": _request_id()}, status)


def _request_id() -> str:
    return hashlib.md5(str(time.time_ns()).encode(), usedforsecurity=False).hexdigest().upper()
