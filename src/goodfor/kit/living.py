"""What the living page shows: believable, invented, the same on every call but for the present moment."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from goodfor.kernel.money import Money
from goodfor.kit.icons import icon_names
from goodfor.kit.writing import BEIJING, plain_money, seconds

TOKENS = (
    *("paper", "card", "well", "line", "line-strong", "ink", "ink-soft", "green", "green-soft", "amber", "amber-soft"),
    *("red", "red-soft", "focus"),
)
#: Of orders a day, the shape of a month: weekends are strong.
_DAYS = (312, 298, 305, 321, 388, 461, 447, 318, 306, 327, 331, 402, 489, 472, 335, 329, 341, 338, 421, 512, 498)
_BUYERS = ("138****2210", "wang***@mail.cn", "159****8841", "li***@mail.cn", "186****0037", "137****5526")


def cny(yuan: float) -> Money:
    """An amount in yuan."""
    return Money(round(yuan * 100), "CNY")


def menu() -> list[dict[str, Any]]:
    """A side menu by job."""

    def item(key: str, label: str, icon: str, count: int = 0) -> dict[str, Any]:
        return {"key": key, "label": label, "icon": icon, "count": count, "href": f"#{key}"}

    return [
        {
            "label": _("设计"),
            "items": [item("base", _("基础"), "grid"), item("value", _("有价之物"), "ticket")],
        },
        {
            "label": _("操作"),
            "items": [
                item("buttons", _("按钮"), "bolt"),
                item("forms", _("表单"), "edit"),
                item("feedback", _("反馈"), "bell", 3),
                item("ways", _("导航"), "list"),
            ],
        },
        {
            "label": _("经营"),
            "items": [item("figures", _("数字"), "line"), item("lists", _("列表"), "columns", 28)],
        },
    ]


def orders(now: datetime) -> list[dict[str, Any]]:
    """Rows of a dense list."""
    goods = [
        (_("青松视频会员 月卡"), 1, 18.8, "delivered"),
        (_("云雀音乐 季卡"), 2, 43.6, "paid"),
        (_("拾光咖啡 50元代金券"), 3, 135, "delivered"),
        (_("星屿游戏 100元点卡"), 1, 97.5, "placed"),
        (_("轻舟出行 30元券"), 1, 27.9, "refunded"),
        (_("青松视频会员 年卡"), 1, 198, "refunding"),
    ]
    return [
        {
            "id": f"2026112{i}00{i}74",
            "number": f"G2611{23 - i:02}7K{i}QX{i}",
            "product": name,
            "buyer": _BUYERS[i],
            "quantity": quantity,
            "total": cny(total),
            "state": state,
            "at": now - timedelta(minutes=7 * (i * i + 1)),
        }
        for i, (name, quantity, total, state) in enumerate(goods)
    ]


def charts(now: datetime) -> dict[str, Any]:
    """One chart of each kind."""
    today = now.astimezone(BEIJING).date()
    days = [f"{today - timedelta(days=len(_DAYS) - i):%m-%d}" for i in range(len(_DAYS))]
    sales = [[d, n * 4120, n * 612] for d, n in zip(days, _DAYS, strict=True)]
    return {
        "line": {
            "kind": "line",
            "columns": [_("日期"), _("成交额"), _("毛利")],
            "unit": _("元"),
            "format": "money",
            "rows": sales,
        },
        "bar": {
            "kind": "bar",
            "columns": [_("日期"), _("订单数")],
            "unit": _("单"),
            "rows": [[d, n] for d, n in zip(days[-7:], _DAYS[-7:], strict=True)],
        },
        "flat": {
            "kind": "bar-flat",
            "columns": [_("商品"), _("销量")],
            "unit": _("张"),
            "rows": [
                [_("青松视频会员 月卡"), 4210],
                [_("星屿游戏 100元点卡"), 2874],
                [_("拾光咖啡 50元代金券"), 1960],
                [_("云雀音乐 季卡"), 1145],
                [_("轻舟出行 30元券"), 702],
            ],
        },
        "pie": {
            "kind": "pie",
            "columns": [_("支付方式"), _("笔数")],
            "rows": [[_("支付宝"), 5122], [_("微信支付"), 4368], [_("余额"), 911]],
        },
    }


def _progress(now: datetime) -> dict[str, Any]:
    return {
        "progress": [
            {"label": _("已下单"), "at": now - timedelta(minutes=2), "state": "done"},
            {"label": _("已付款"), "at": now - timedelta(minutes=1), "state": "done"},
            {"label": _("发码"), "at": None, "state": "now"},
            {"label": _("已到手"), "at": None, "state": "next"},
        ],
        "steps": [
            {"label": _("店名"), "state": "done"},
            {"label": _("商品"), "state": "done"},
            {"label": _("卡密"), "state": "now"},
            {"label": _("收款"), "state": "next"},
        ],
        "timeline": [
            {"at": now - timedelta(minutes=1), "label": _("卡密已发出"), "tone": "green", "who": _("系统")},
            {
                "at": now - timedelta(minutes=2),
                "label": _("已付款"),
                "tone": "amber",
                "who": _("支付宝"),
                "text": _("渠道流水号 2026112322001478"),
            },
            {"at": now - timedelta(minutes=3), "label": _("已下单"), "who": "138****2210"},
        ],
    }


def context(now: datetime) -> dict[str, Any]:
    """Everything that templates/kit/living.html shows."""
    return {
        "tokens": TOKENS,
        "icons": icon_names(),
        "menu": menu(),
        "orders": orders(now),
        "charts": charts(now),
        **_progress(now),
        "since": now - timedelta(minutes=6),
        "until": now + timedelta(minutes=9, seconds=41),
        "price": cny(97.5),
        "was": cny(100),
        "loss": cny(-27.9),
        "large": cny(1284093.6),
        "moments": [now - timedelta(seconds=20), now - timedelta(minutes=3), now - timedelta(days=3)],
        "states": [
            {"key": "all", "label": _("全部"), "count": 12840, "href": "?tab=all"},
            {"key": "placed", "label": _("待付款"), "count": 28, "href": "?tab=placed", "tone": "amber"},
            {"key": "paid", "label": _("发货中"), "count": 3, "href": "?tab=paid", "tone": "amber"},
            {"key": "delivered", "label": _("已发货"), "count": 12640, "href": "?tab=delivered"},
            {"key": "refunded", "label": _("已退款"), "count": 169, "href": "?tab=refunded"},
        ],
        "crumbs": [{"label": _("订单"), "href": "?"}, {"label": "G2611237K0QX0"}],
        "choices": [("alipay", _("支付宝")), ("wechat", _("微信支付")), ("balance", _("余额"))],
        "columns": [
            {"key": "number", "label": _("订单号"), "shown": True, "fixed": True},
            {"key": "product", "label": _("商品"), "shown": True},
            {"key": "buyer", "label": _("买家"), "shown": True},
            {"key": "quantity", "label": _("数量"), "shown": True},
            {"key": "total", "label": _("金额"), "shown": True},
            {"key": "at", "label": _("时间"), "shown": True},
        ],
        "filters": [
            {"label": f"{_('金额')} ≥ {plain_money(cny(20))}", "href": "?"},
            {"label": _("近 30 天"), "href": "?"},
        ],
        "trust": [
            {"label": _("个码已发出"), "value": "128,406"},
            {"label": _("发码用时中位数"), "value": _("不到 1 秒")},
            {"label": _("退款用时中位数"), "value": seconds(42)},
        ],
        "page": 7,
        "pages": 642,
        "total": 12840,
    }
