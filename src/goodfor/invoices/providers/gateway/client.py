"""The calls of the gateway and what their answers mean.

POST /v1/invoices             have one written: 200 written, 202 taken on, 4xx refused for certain
GET  /v1/invoices/{number}    what became of it: 200, 202, 422 refused, 404 never heard of

An answer without a true signature is no answer: what it says may be somebody else's word.
"""

import json
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from goodfor.invoices.providers.base import NOT_FOUND, NOT_SENT, Account, Paper
from goodfor.invoices.providers.gateway.signing import answer_is_true, call_signature
from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown

PATH: Final = "/v1/invoices"
#: Refusals of a call as a whole say nothing about the invoice: the clock is wrong, the key was changed, too many calls.
_OF_THE_CALL: Final = frozenset({401, 403, 408, 425, 429})
_OK, _TAKEN, _MISSING, _ERRORS = 200, 202, 404, 500


class Gateway:
    """See the module."""

    def issue(self, account: Account, paper: Paper, now: datetime) -> Outcome:
        """Have it written; see `IssuingProvider`."""
        body = json.dumps(_said(account, paper), ensure_ascii=False, separators=(",", ":")).encode()
        return _called(account, "POST", PATH, body, now, paper.number)

    def ask(self, account: Account, number: str, now: datetime) -> Outcome:
        """What became of it; see `IssuingProvider`."""
        return _called(account, "GET", f"{PATH}/{number}", b"", now, number)


def _said(account: Account, paper: Paper) -> dict[str, Any]:
    lines = [
        {"name": line.name, "quantity": line.quantity, "tax_class": line.tax_class, "rate_bp": line.rate_bp,
         "amount": line.amount_minor, "tax": line.tax_minor}
        for line in paper.lines
    ]  # fmt: skip
    buyer = {"kind": paper.title.kind, "name": paper.title.name, "tax_number": paper.title.tax_number,
             "email": paper.title.email}  # fmt: skip
    return {
        "number": paper.number, "kind": paper.kind, "class": paper.paper, "currency": paper.currency,
        "amount": paper.total_minor, "tax": paper.tax_minor, "lines": lines, "buyer": buyer,
        "seller": {"name": account.seller_name, "tax_number": account.seller_tax},
        "original": paper.original, "reason": paper.reason,
    }  # fmt: skip


def _called(account: Account, method: str, path: str, body: bytes, now: datetime, number: str) -> Outcome:
    at, nonce = str(int(now.timestamp())), uuid4().hex
    headers = {
        "content-type": "application/json",
        "x-app-key": account.app_key,
        "x-timestamp": at,
        "x-nonce": nonce,
        "x-signature": call_signature(account.secret, method=method, path=path, at=at, nonce=nonce, body=body),
    }
    url = account.url.rstrip("/") + path
    if not http.is_safe_url(url):
        return Unknown(NOT_SENT)
    try:
        reply = http.send(method, url, body, headers)
    except http.NotSent:
        return Unknown(NOT_SENT)
    except http.NoAnswer as none:
        return Unknown(none.reason[:64])
    signature = reply.headers.get("x-signature", "")
    if not answer_is_true(account.secret, signature, status=reply.status, nonce=nonce, body=reply.body):
        return Unknown("answer_not_signed")
    return _meant(reply, number, asked=method == "GET")


def _meant(reply: http.Reply, number: str, *, asked: bool) -> Outcome:
    try:
        told = json.loads(reply.body)
    except ValueError:
        return Unknown("answer_not_json")
    if not isinstance(told, dict) or reply.status >= _ERRORS or reply.status in _OF_THE_CALL:
        return Unknown(f"status_{reply.status}")
    if reply.status == _MISSING and asked:
        return Rejected(NOT_FOUND)
    if reply.status not in (_OK, _TAKEN):
        return Rejected(str(told.get("error") or f"status_{reply.status}")[:64])
    if told.get("number") != number:
        return Unknown("answer_of_another")
    official, link = told.get("official"), told.get("link")
    if reply.status == _TAKEN:
        return Pending()
    if not isinstance(official, str) or not 1 <= len(official) <= 40 or not official.isalnum():
        return Unknown("answer_without_number")
    # It is shown to the buyer: only what we would go to ourselves.
    fit = isinstance(link, str) and len(link) <= 400 and http.is_safe_url(link)
    return Succeeded(official, {"link": link if fit else ""})
