"""What can go wrong with the services that messages go through, by service."""

from goodfor.sandbox.fault_board import COMMON, FaultBoard, Kinds

SERVICES = ("smtp", "esp", "aliyun", "tencent", "wechat", "push", "wecom", "dingtalk", "feishu")
#: `refuse` answers with a vendor's own error code.
KINDS: Kinds = {
    **COMMON,
    "rate_limit": {},
    "bad_signature": {},
    "expired_token": {},
    "refuse": {"code": ""},
    "gone": {},
    "query_empty": {},
    "not_delivered": {},
}


def board() -> FaultBoard:
    """An empty one; wishes say `service`."""
    return FaultBoard(KINDS, "service", SERVICES)
