"""Where vendors of text messages report whether a phone has them.

Neither Aliyun nor Tencent signs its reports. So the address holds a token that only the shop's own console shows, and
a report is no more than a hint: what it is about is asked of the vendor, with our keys.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.crypto import keyring

_PURPOSE = "notify.report"
#: More reports in one call than a vendor sends are not looked at.
MAX_REPORTS: Final = 500


@dataclass(frozen=True, slots=True)
class Form:
    """How a vendor writes: the names of our number and of its own in a report, and what it wants to hear."""

    ours: str
    theirs: str
    reply: str


#: SmsReport of Aliyun (our OutId comes back); "下发状态通知" of Tencent (its SerialNo as `sid`).
FORMS: Final[Mapping[str, Form]] = {
    "aliyun": Form("out_id", "biz_id", '{"code":0,"msg":"OK"}'),
    "tencent": Form("ext", "sid", '{"result":0,"errmsg":"OK"}'),
}


def report_token(shop_id: UUID, account_id: UUID) -> str:
    """The secret part of the address; nothing is stored for it."""
    return keyring().blind_index(_PURPOSE, shop_id.bytes + account_id.bytes).hex()


def is_report_token(shop_id: UUID, account_id: UUID, token: str) -> bool:
    """True for the right one, compared in constant time."""
    return hmac.compare_digest(report_token(shop_id, account_id).encode(), token.encode())


def report_path(shop_id: UUID, account_id: UUID, provider: str) -> str:
    """The path of the address that the vendor is to be given; empty for vendors that do not report."""
    if provider not in FORMS:
        return ""
    return f"/notify/report/{shop_id}/{account_id}/{report_token(shop_id, account_id)}"


def read_reports(provider: str, body: bytes) -> tuple[set[UUID], set[str]]:
    """(our numbers, the vendor's numbers) that a call is about; what is not a report is left out."""
    form = FORMS[provider]
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError):
        return set(), set()
    items = [item for item in listed[:MAX_REPORTS] if isinstance(item, dict)] if isinstance(listed, list) else []
    return set(_ids(item.get(form.ours) for item in items)), {
        item[form.theirs][:128] for item in items if isinstance(item.get(form.theirs), str) and item[form.theirs]
    }


def _ids(values: Iterable[Any]) -> Iterable[UUID]:
    for value in values:
        try:
            yield UUID(hex=value)
        except (AttributeError, TypeError, ValueError):
            continue
