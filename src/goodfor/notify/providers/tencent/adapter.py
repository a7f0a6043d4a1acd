"""Tencent SMS: `secret_id`, `sms_sdk_app_id`, `sign_name`, `region`; secret `secret_key`. Parameters by their order."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.notify.addresses import SMS
from goodfor.notify.providers.base import ACCOUNT, NOT_FOUND, RATE_LIMITED, Account, CannotAsk, Letter, required
from goodfor.notify.providers.calls import base_url, json_exchange, text_of
from goodfor.notify.providers.tencent.signing import authorization

HOST: Final = "sms.tencentcloudapi.com"
HOSTS: Final = (HOST, ".tencentcloudapi.com")
VERSION: Final = "2021-01-11"
_OURS: Final = (
    "AuthFailure",
    "UnauthorizedOperation",
    "FailedOperation.InsufficientBalance",
    "FailedOperation.SignatureIncorrectOrUnapproved",
    "InvalidParameterValue.SdkAppIdNotExist",
    "UnsupportedRegion",
)
_LIMITS: Final = ("RequestLimitExceeded", "LimitExceeded")
_NOBODY_KNOWS: Final = ("InternalError", "FailedOperation.RequestTimeout")
#: Reports may carry times a little before our own clock's.
_MARGIN: Final = 600


class TencentSms(CannotAsk):
    """SendSms and PullSmsSendStatusByPhoneNumber; our number travels as SessionContext."""

    channels: tuple[str, ...] = (SMS,)
    can_ask = True

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless keys, app and signature name are there."""
        required(account.config, "secret_id", "sms_sdk_app_id", "sign_name", "region", most=100)
        required(account.secrets, "secret_key", most=100)
        base_url(account.config, f"https://{HOST}", HOSTS)

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """One message to one number."""
        body = {
            "PhoneNumberSet": [letter.address],
            "SmsSdkAppId": str(account.config["sms_sdk_app_id"]),
            "SignName": str(account.config["sign_name"]),
            "TemplateId": letter.said.vendor_template,
            "TemplateParamSet": [value for _, value in letter.said.params],
            "SessionContext": letter.id.hex,
        }
        answer = _call(account, "SendSms", body, now)
        if not isinstance(answer, dict):
            return answer
        listed = answer.get("SendStatusSet")
        status = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
        code = str(status.get("Code", ""))
        return Succeeded(str(status.get("SerialNo", ""))) if code == "Ok" else _refusal(code, status.get("Message"))

    def ask(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """Look for our number among the reports of this phone; a report comes when the phone has it, or never will."""
        body = {
            "PhoneNumber": letter.address,
            "SmsSdkAppId": str(account.config["sms_sdk_app_id"]),
            "BeginTime": int((letter.tried_at or now).timestamp()) - _MARGIN,
            "EndTime": int(now.timestamp()) + _MARGIN,
            "Offset": 0,
            "Limit": 100,
        }
        answer = _call(account, "PullSmsSendStatusByPhoneNumber", body, now)
        if not isinstance(answer, dict):
            return answer
        reports = answer.get("PullSmsSendStatusSet")
        for report in reports if isinstance(reports, list) else []:
            if isinstance(report, dict) and report.get("SessionContext") == letter.id.hex:
                failed = report.get("ReportStatus") != "SUCCESS"
                ref = str(report.get("SerialNo", ""))
                return Rejected("not_delivered", text_of(report.get("Description"))) if failed else Succeeded(ref)
        return Rejected(NOT_FOUND)


def _call(account: Account, action: str, fields: Mapping[str, Any], now: datetime) -> dict[str, Any] | Outcome:
    url = base_url(account.config, f"https://{HOST}", HOSTS)
    body = json.dumps(fields, ensure_ascii=False).encode()
    signed = {
        "content-type": "application/json; charset=utf-8",
        "host": urlsplit(url).netloc,
        "x-tc-action": action.lower(),
    }
    timestamp = int(now.timestamp())
    headers = {
        "content-type": signed["content-type"],
        "host": signed["host"],
        "x-tc-action": action,
        "x-tc-version": VERSION,
        "x-tc-region": str(account.config["region"]),
        "x-tc-timestamp": str(timestamp),
        "authorization": authorization(
            secret_id=str(account.config["secret_id"]),
            secret_key=account.secrets["secret_key"],
            service="sms",
            date=f"{now.astimezone(UTC):%Y-%m-%d}",
            timestamp=timestamp,
            headers=signed,
            body=body,
        ),
    }
    answer = json_exchange("POST", f"{url}/", hosts=HOSTS, body=body, headers=headers)
    if not isinstance(answer, dict):
        return answer
    response = answer.get("Response")
    if not isinstance(response, dict):
        return Unknown("unreadable_reply")
    error = response.get("Error")
    return _refusal(str(error.get("Code", "")), error.get("Message")) if isinstance(error, dict) else response


def _refusal(code: str, message: object) -> Outcome:
    if not code or code.startswith(_NOBODY_KNOWS):
        return Unknown(code[:40] or "no_code")
    if code.startswith(_LIMITS):
        return Rejected(RATE_LIMITED, text_of(message))
    return Rejected(ACCOUNT if code.startswith(_OURS) else code[:60], text_of(message))
