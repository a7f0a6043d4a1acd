"""Aliyun SMS: `access_key_id`, `sign_name`; secret `access_key_secret`. Templates name their parameters."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from goodfor.kernel.ids import secret_token
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.notify.addresses import SMS
from goodfor.notify.providers.aliyun.signing import authorization, body_hash, canonical_query
from goodfor.notify.providers.base import (
    ACCOUNT,
    NOT_FOUND,
    RATE_LIMITED,
    TRY_LATER,
    Account,
    CannotAsk,
    Letter,
    required,
)
from goodfor.notify.providers.calls import base_url, json_exchange, text_of

HOST: Final = "dysmsapi.aliyuncs.com"
HOSTS: Final = (HOST, ".aliyuncs.com")
VERSION: Final = "2017-05-25"
_BEIJING: Final = ZoneInfo("Asia/Shanghai")
_LIMITS: Final = ("Throttling", "isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL")
_OURS: Final = (
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidTimeStamp",
    "Forbidden",
    "NoPermission",
    "isv.AMOUNT_NOT_ENOUGH",
    "isv.ACCOUNT",
    "isv.OUT_OF_SERVICE",
    "isv.PRODUCT_UN_SUBSCRIPT",
    "isv.SMS_SIGNATURE",
)
_NOBODY_KNOWS: Final = ("isp.", "ServiceUnavailable", "InternalError", "UnknownError")
#: SendStatus of QuerySendDetails: 1 on its way, 2 not delivered, 3 delivered.
_ON_ITS_WAY: Final = 1
_NOT_DELIVERED: Final = 2


class AliyunSms(CannotAsk):
    """SendSms and QuerySendDetails; our number travels as OutId."""

    channels: tuple[str, ...] = (SMS,)
    can_ask = True

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless keys and signature name are there."""
        required(account.config, "access_key_id", "sign_name", most=100)
        required(account.secrets, "access_key_secret", most=100)
        base_url(account.config, f"https://{HOST}", HOSTS)

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """One message to one number."""
        answer = _call(
            account,
            "SendSms",
            {
                "PhoneNumbers": _number(letter.address),
                "SignName": str(account.config["sign_name"]),
                "TemplateCode": letter.said.vendor_template,
                "TemplateParam": json.dumps(dict(letter.said.params), ensure_ascii=False),
                "OutId": letter.id.hex,
            },
            now,
        )
        if not isinstance(answer, dict):
            return answer
        code = str(answer.get("Code", ""))
        return Succeeded(str(answer.get("BizId", ""))) if code == "OK" else _refusal(code, answer)

    def ask(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """Look for our number among what went to this phone on that day."""
        day = (letter.tried_at or now).astimezone(_BEIJING)
        params = {
            "PhoneNumber": _number(letter.address),
            "SendDate": f"{day:%Y%m%d}",
            "PageSize": "50",
            "CurrentPage": "1",
        }
        answer = _call(account, "QuerySendDetails", params, now)
        if not isinstance(answer, dict):
            return answer
        if answer.get("Code") != "OK":
            return _refusal(str(answer.get("Code", "")), answer)
        for sent in _details(answer):
            if sent.get("OutId") == letter.id.hex:
                if sent.get("SendStatus") == _ON_ITS_WAY:
                    return Pending(letter.id.hex)
                failed = sent.get("SendStatus") == _NOT_DELIVERED
                return Rejected("not_delivered", text_of(sent.get("ErrCode"))) if failed else Succeeded(letter.id.hex)
        return Rejected(NOT_FOUND)


def _details(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = answer.get("SmsSendDetailDTOs")
    items = listed.get("SmsSendDetailDTO") if isinstance(listed, dict) else listed
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _number(address: str) -> str:
    """Chinese numbers without +86, others as country code and number."""
    return address.removeprefix("+86") if address.startswith("+86") else address.removeprefix("+")


def _call(account: Account, action: str, params: Mapping[str, str], now: datetime) -> dict[str, Any] | Outcome:
    url = base_url(account.config, f"https://{HOST}", HOSTS)
    query, hashed = canonical_query(params), body_hash(b"")
    headers = {
        "host": urlsplit(url).netloc,
        "x-acs-action": action,
        "x-acs-version": VERSION,
        "x-acs-date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": secret_token(),
        "x-acs-content-sha256": hashed,
    }
    headers["authorization"] = authorization(
        key_id=str(account.config["access_key_id"]),
        secret=account.secrets["access_key_secret"],
        method="POST",
        path="/",
        query=query,
        headers=headers,
        hashed_body=hashed,
    )
    return json_exchange("POST", f"{url}/?{query}", hosts=HOSTS, headers=headers)


def _refusal(code: str, answer: Mapping[str, Any]) -> Outcome:
    said = text_of(answer.get("Message"))
    if not code or code.startswith(_NOBODY_KNOWS):
        return Unknown(code[:40] or "no_code")
    if code == "SignatureNonceUsed":
        return Rejected(TRY_LATER, said)
    if code.startswith(_LIMITS):
        return Rejected(RATE_LIMITED, said)
    return Rejected(ACCOUNT if code.startswith(_OURS) else code[:60], said)
