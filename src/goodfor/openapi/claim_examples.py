"""Examples of claims for the OpenAPI document; a test checks each against its schema."""

from typing import Any

from goodfor.openapi.examples import ORDER

_AT = "2026-01-01T00:00:00Z"
_LINE, _CODE = ORDER["lines"][0]["id"], "019b76da-a800-7000-8000-000000000004"
CLAIM_IN: dict[str, Any] = {"reason": "invalid", "code_ids": [_CODE], "text": "platform says: no such card"}
CLAIM: dict[str, Any] = {
    "id": "019b76da-a800-7000-8000-000000000008",
    "order_number": ORDER["number"],
    "line_id": _LINE,
    "reason": "invalid",
    "state": "replaced",
    "stage": "closed",
    "opened_at": _AT,
    "answer_by": None,
    "decide_by": None,
    "closed_at": _AT,
    "units": [{"code_id": _CODE, "state": "replaced", "new_code_id": "019b76da-a800-7000-8000-000000000009"}],
    "decision": {
        "at": _AT,
        "action": "replace",
        "why": "bad_replaced",
        "explanation": "供货方确认这张卡密不能用。已为你换一张新的，可以马上查看。",
        "note": "",
        "automatic": True,
    },
    "refund": None,
    "refunded": False,
    "objection_possible": False,
    "grants": [],
}
CLAIMS: dict[str, Any] = {"items": [CLAIM]}
OPEN_CLAIM: dict[str, Any] = {
    **CLAIM,
    "state": "open",
    "stage": "person",
    "decide_by": _AT,
    "closed_at": None,
    "units": [{"code_id": _CODE, "state": "live", "new_code_id": None}],
    "decision": {
        **CLAIM["decision"],
        "action": "person",
        "why": "second_look",
        "explanation": "已收到你的申诉，由人重新核对，会在承诺的时间内答复你。",
    },
}
WITHDRAWN_CLAIM: dict[str, Any] = {
    **CLAIM,
    "state": "withdrawn",
    "units": [{"code_id": _CODE, "state": "none", "new_code_id": None}],
    "decision": None,
}
OBJECTION_IN: dict[str, Any] = {"text": "The code was used before we sold it; our log is attached to ticket 4711."}
MESSAGE_IN: dict[str, Any] = {"text": "Our customer tried it at 14:05, region CN."}
