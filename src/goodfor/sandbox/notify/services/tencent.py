"""Tencent Cloud SMS 2021-01-11: SendSms and PullSmsSendStatusByPhoneNumber under TC3-HMAC-SHA256."""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from goodfor.sandbox.notify.demo import SIGN_NAME, TENCENT_APP_ID, TENCENT_SECRET_ID, TENCENT_SECRET_KEY
from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.web import Request, Response, json_response

_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/([a-z]+)/tc3_request, "
    r"SignedHeaders=([a-z;-]+), Signature=([0-9a-f]{64})"
)
_SECONDS = 300


def handle(desk: Desk, request: Request) -> Response:
    """The one address of the service; the action is a header. Errors come with HTTP 200."""
    action = request.headers.get("X-Tc-Action", "")
    problem = _signature_problem(desk, request)
    if not problem and request.headers.get("X-Tc-Version") != "2021-01-11":
        problem = "InvalidParameterValue.Version"
    if not problem and desk.faults.take("rate_limit", "tencent") is not None:
        problem = "RequestLimitExceeded"
    if problem:
        desk.note("tencent", action, problem)
        return _error(problem)
    if action == "SendSms":
        return _send(desk, request.json())
    if action == "PullSmsSendStatusByPhoneNumber":
        return _pull(desk, request.json())
    return _error("InvalidAction")


def _send(desk: Desk, wish: Mapping[str, object]) -> Response:
    phones, values = wish.get("PhoneNumberSet"), wish.get("TemplateParamSet", [])
    if wish.get("SmsSdkAppId") != TENCENT_APP_ID or not isinstance(phones, list) or not isinstance(values, list):
        return _error("InvalidParameterValue.SdkAppIdNotExist")
    phone, code = str(phones[0]), "Ok"
    if (refusal := desk.faults.take("refuse", "tencent")) is not None:
        code = str(refusal.settings["code"] or "FailedOperation.TemplateIncorrectOrUnapproved")
    elif not re.fullmatch(r"\+[1-9]\d{6,14}", phone):
        code = "InvalidParameterValue.IncorrectPhoneNumber"
    elif wish.get("SignName") != SIGN_NAME:
        code = "FailedOperation.SignatureIncorrectOrUnapproved"
    elif not str(wish.get("TemplateId", "")).isdigit():
        code = "FailedOperation.TemplateIncorrectOrUnapproved"
    desk.note("tencent", "SendSms", code)
    serial, context = "", str(wish.get("SessionContext", ""))
    if code == "Ok":
        serial = f"14:{time.time_ns()}"
        text = f"【{SIGN_NAME}】" + "，".join(map(str, values))
        content = {"template": wish["TemplateId"], "params": values, "text": text}
        desk.books.letter("tencent", phone, content, at_ms=desk.now_ms(), ref=serial, tag=context)
    status = {
        "SerialNo": serial,
        "PhoneNumber": phone,
        "Fee": int(code == "Ok"),
        "SessionContext": context,
        "Code": code,
        "Message": "send success" if code == "Ok" else f"stand-in says {code}",
        "IsoCode": "CN",
    }
    return json_response({"Response": {"SendStatusSet": [status], "RequestId": "stand-in"}})


def _pull(desk: Desk, wish: Mapping[str, object]) -> Response:
    desk.note("tencent", "PullSmsSendStatusByPhoneNumber", "Ok")
    phone = str(wish.get("PhoneNumber", ""))
    begin, end = int(str(wish.get("BeginTime", 0))), int(str(wish.get("EndTime", 0)))
    letters = [] if desk.faults.take("query_empty", "tencent") else desk.books.letters("tencent", phone)
    missed = desk.faults.take("not_delivered", "tencent")
    reports = [
        {
            "CountryCode": "86",
            "SubscriberNumber": phone[3:],
            "PhoneNumber": phone,
            "SerialNo": letter["ref"],
            "ReportStatus": "FAIL" if missed else "SUCCESS",
            "Description": "UNDELIV" if missed else "DELIVRD",
            "UserReceiveTime": int(str(letter["at_ms"])) // 1000,
            "SessionContext": letter["tag"],
        }
        for letter in letters
        if begin <= int(str(letter["at_ms"])) // 1000 <= end
    ]
    return json_response({"Response": {"PullSmsSendStatusSet": reports, "RequestId": "stand-in"}})


def _signature_problem(desk: Desk, request: Request) -> str:
    headers = {name.lower(): value for name, value in request.headers.items()}
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None or desk.faults.take("bad_signature", "tencent") is not None:
        return "AuthFailure.SignatureFailure"
    secret_id, date, service, signed, signature = found.groups()
    if secret_id != TENCENT_SECRET_ID:
        return "AuthFailure.SecretIdNotFound"
    names, stamp = signed.split(";"), headers.get("x-tc-timestamp", "0")
    if not stamp.isdigit() or abs(int(stamp) - time.time()) > _SECONDS:
        return "AuthFailure.SignatureExpire"
    if date != f"{datetime.fromtimestamp(int(stamp), UTC):%Y-%m-%d}" or not {"content-type", "host"} <= set(names):
        return "AuthFailure.SignatureFailure"
    lines = "".join(f"{name}:{headers.get(name, '').strip().lower()}\n" for name in names)
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{hashlib.sha256(request.body).hexdigest()}"
    scope = f"{date}/{service}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"TC3" + TENCENT_SECRET_KEY.encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    right = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return "" if hmac.compare_digest(right, signature) else "AuthFailure.SignatureFailure"


def _error(code: str) -> Response:
    error = {"Code": code, "Message": f"stand-in says {code}"}
    return json_response({"Response": {"Error": error, "RequestId": "stand-in"}})
