"""What WeChat Pay's replies about splits and their returns mean, pure. A reply about something else is refused."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.splits import Receiver, ReturnAttempt, Share, ShareResult, ShareState, SplitAttempt
from goodfor.payments.providers.wechat import shapes

_STATES: Final[Mapping[str, ShareState]] = {"PENDING": "pending", "SUCCESS": "succeeded", "CLOSED": "failed"}


def kind_of(receiver: Receiver) -> str:
    """The receiver's kind in WeChat's words; persons by their openid."""
    return "MERCHANT_ID" if receiver.kind == "merchant" else "PERSONAL_OPENID"


def splitted(reply: dict[str, Any], split: SplitAttempt) -> Outcome:
    """A split under way or over, with what became of each share."""
    if (reply.get("out_order_no"), reply.get("transaction_id")) != (split.number, split.channel_ref):
        return Unknown("other_number")
    ref, state = reply.get("order_id", ""), reply.get("state")
    if not isinstance(ref, str) or not shapes.is_long_number(ref) or state not in ("PROCESSING", "FINISHED"):
        return Unknown("bad_reply")
    if state == "PROCESSING":
        return Pending(ref)
    results = []
    for share in split.shares:
        result = _result(reply.get("receivers"), share)
        if isinstance(result, Unknown):
            return result
        results.append(result)
    if any(result.state == "pending" for result in results):
        return Pending(ref)
    return Succeeded(ref=ref, data={"results": tuple(results)})


def _result(rows: object, share: Share) -> ShareResult | Unknown:
    """The one row of a share's receiver. Rows of others are let be: what is released to the payee is one."""
    who = (kind_of(share.receiver), share.receiver.account)
    own = [
        row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and (row.get("type"), row.get("account")) == who
    ]
    if len(own) != 1:
        return Unknown("ambiguous" if own else "bad_reply")
    row = own[0]
    if shapes.fen(row, "amount") != share.amount:
        return Unknown("other_amount")
    state = _STATES.get(shapes.text(row, "result"))
    if state is None:
        return Unknown("bad_reply")
    code = shapes.text(row, "fail_reason", 64).lower() if state == "failed" else ""
    return ShareResult(share.receiver.account, share.amount, state, code, shapes.text(row, "detail_id", 64))


def returned(reply: dict[str, Any], back: ReturnAttempt) -> Outcome:
    """A return under way, done or failed for good."""
    ours = (back.number, back.split_number, back.receiver.account)
    if tuple(reply.get(name) for name in ("out_return_no", "out_order_no", "return_mchid")) != ours:
        return Unknown("other_number")
    if shapes.fen(reply, "amount") != back.amount:
        return Unknown("other_amount")
    ref = shapes.text(reply, "return_id", 64)
    match shapes.text(reply, "result"):
        case "PROCESSING":
            return Pending(ref)
        case "SUCCESS":
            return Succeeded(ref=ref)
        case "FAILED":
            # Even for want of money: this number is over, unlike that of a refund.
            return Rejected(shapes.text(reply, "fail_reason", 64).lower() or "failed")
    return Unknown("bad_reply")
