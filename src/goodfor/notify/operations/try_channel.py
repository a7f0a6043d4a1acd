"""Send one test message by a channel now, and say plainly what came of it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.notify import queries, states
from goodfor.notify.errors import ChannelAccountNotFound, SceneUnknown
from goodfor.notify.operations.deliver_due import deliver_one
from goodfor.notify.operations.send import send
from goodfor.notify.providers.http import require_no_transaction
from goodfor.notify.scenes import BUYER, CHANNELS_OF, ROBOTS, SCENES, STAFF
from goodfor.notify.types import ChannelReport, Recipient

WORDS: Final[dict[str, Any]] = {
    "sent": _("测试消息已发出，请查收。"),
    "bad_address": _("收件地址的写法不对。"),
    "no_subscription": _("这个收件人还没有在浏览器里开启推送。"),
    "no_vendor_template": _("请先在模板里填写服务商审核通过的模板编号。"),
    "no_account": _("通道尚未启用。"),
    "account": _("服务商不接受账号、密钥或签名，或账户余额不足，请检查设置。"),
    "rate_limited": _("发送过于频繁，服务商要求稍后再试。"),
    "try_later": _("服务商暂时无法接收，请稍后再试。"),
    "unreachable": _("连接不上服务商，请检查地址、端口和网络。"),
    "address_not_allowed": _("不允许向这个地址发送。"),
    "unknown": _("服务商没有给出明确答复，消息可能已发出。"),
    "template": _("模板无法生成内容。"),
}


def try_channel(
    *, shop_id: UUID, channel: str, address: str, actor: str, now: datetime, language: str = "zh", scene: str = ""
) -> ChannelReport:
    """One message with sample words, in the send log like any other. Never inside a transaction.

    `address` is not needed for robots. Where the vendor wants a template of its own, `scene` names the one whose
    template is tried; without it the first that the shop has filled in. Raises ChannelAccountNotFound, SceneUnknown.
    """
    require_no_transaction()
    if channel not in {account.channel for account in queries.accounts(shop_id)}:
        raise ChannelAccountNotFound
    scene = scene or _scene_to_try(shop_id, channel, language)
    if scene not in SCENES:
        raise SceneUnknown(scene=scene)
    known = SCENES[scene]
    audience = next((a for a in (BUYER, STAFF) if a in known.audiences and channel in CHANNELS_OF[a]), STAFF)
    context = {**known.sample, "test": {"at": now, "channel": queries.channel_labels()[channel]}}
    queued = send(
        shop_id=shop_id,
        scene=scene,
        audience=audience,
        subject=f"channel_test:{uuid7()}",
        recipients=[] if channel in ROBOTS else [Recipient(channel, address)],
        context=context,
        language=language,
        now=now,
        consents={channel: True},
        only=channel,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="notify.channel_tested",
        subject=("notify.channel", channel),
        data={"queued": bool(queued.message_ids), "reason": queued.skipped[0][1] if queued.skipped else ""},
        now=now,
    )
    if not queued.message_ids:
        reason = queued.skipped[0][1] if queued.skipped else "no_account"
        return ChannelReport(False, reason, str(WORDS.get(reason, reason)))
    deliver_one(shop_id=shop_id, message_id=queued.message_ids[0], now=now)
    found = queries.message(shop_id, queued.message_ids[0])
    ok = found.state == states.SENT
    code = "sent" if ok else "unknown" if found.state == states.UNKNOWN else found.failure
    return ChannelReport(ok, code, str(WORDS.get(code, code)), found.id, found.provider_ref)


def _scene_to_try(shop_id: UUID, channel: str, language: str) -> str:
    """The test's own words; where only a vendor's template goes out, a scene that has one."""
    for view in queries.templates(shop_id):
        if view.channel == channel and view.language == language and view.draft.vendor_template:
            return view.scene
    return "channel_test"
