"""What members are told about their subscriptions. Pure; reached through `scenes`."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.notify.scene_types import BUYER, FAST, Scene

_SAMPLE: Final = {
    "name": "影视月卡",
    "amount": "¥30.00",
    "at": "2026-02-28 12:00",
    "left": "2",
    "days": "7",
    "why": "你取消了续订",
    "url": "https://shop.example/me/subscriptions",
}


def _scene(name: str, label: object, *names: str) -> Scene:
    shown = ("name", *names, "url")
    return Scene(
        name,
        label,
        {"subscription": dict.fromkeys(shown)},
        {BUYER: FAST},
        sample={"subscription": {key: _SAMPLE[key] for key in shown}},
    )


SUBSCRIPTIONS: Final = (
    _scene("subscription_renewing", _("订阅将要自动续费"), "amount", "at"),
    _scene("subscription_paid", _("订阅已扣款"), "amount", "at"),
    _scene("subscription_unpaid", _("订阅扣款没有成功"), "amount", "at"),
    _scene("subscription_unsigned", _("订阅的扣款授权已解除"), "at"),
    _scene("subscription_ended", _("订阅已结束"), "why"),
    _scene("picks_waiting", _("还有权益没选"), "left", "days", "at"),
    _scene("picks_settled", _("没选的权益已处理"), "left", "why"),
)
