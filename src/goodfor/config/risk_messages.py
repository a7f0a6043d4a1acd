"""Alarms and news of risk control, told to the owner: wiring, as in `messages.py`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from goodfor.config.telling import shop_locale, tell_staff
from goodfor.console import wishing
from goodfor.console.events import ExportWished, StolenCodeUsed
from goodfor.identity import queries as identity
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.risk.door_events import BaitRetired, CanarySeen, DoorUnderAttack, HoneypotTouched
from goodfor.risk.events import RuleSwitchedOff
from goodfor.risk.wording_doors import ATTACK_WORDS, DOOR_WORDS, PLACE_WORDS

SCENE: Final = "risk_alarm"
RULE_OFF: Final = "risk_rule_off"
#: Where one acts on an alarm, as stored messages link to it.
TRAPS: Final = "/console/risk/traps/"
DOORS: Final = "/console/risk/doors/"
WISHES: Final = "/console/risk/exports/"
CODE: Final = "/console/codes/code/{}/"


def listen() -> None:
    """Called once by the wiring."""
    heard: dict[type[events.Event], Callable[[StoredEvent], None]] = {
        CanarySeen: on_canary_seen,
        HoneypotTouched: on_honeypot_touched,
        DoorUnderAttack: on_door_attacked,
        ExportWished: on_export_alone,
        StolenCodeUsed: on_stolen_code_used,
        BaitRetired: on_bait_retired,
    }
    for event_class, handler in heard.items():
        events.register(event_class, handler, name=f"risk_messages.{handler.__name__}", concern=concern)
    events.register(
        RuleSwitchedOff, on_rule_switched_off, name="risk_messages.on_rule_switched_off", concern=speaks
    )  # fmt: skip


def speaks(event: StoredEvent) -> bool:
    """A shop without channels tells nobody."""
    return notify.speaks(event.shop_id)


def concern(event: StoredEvent) -> bool:
    """A shop without channels tells nobody. What another alarm tells already is told once; where there are two, the
    second one is asked in the console.
    """
    told = event.payload
    if event.name == DoorUnderAttack.name and told["why"] == "canary":
        return False
    if event.name == ExportWished.name and not told["alone"]:
        return False
    return notify.speaks(event.shop_id)


def on_canary_seen(event: StoredEvent) -> None:
    """Part of the stock is outside."""
    with override(shop_locale(event.shop_id)):
        kind = _("金丝雀卡密在外出现")
        detail = _("从没卖过的卡密出现在：%(place)s。库存可能被人拿走了一部分") % {
            "place": str(PLACE_WORDS.get(event.payload["place"], event.payload["place"]))
        }
    # Once an hour a code, as the alarm itself.
    _tell(
        event,
        f"canary:{event.payload['canary_id']}:{event.occurred_at:%Y%m%d%H%M}",
        kind,
        detail,
        f"{TRAPS}?tab=canaries",
    )


def on_honeypot_touched(event: StoredEvent) -> None:
    """Somebody found a code where no honest person looks."""
    with override(shop_locale(event.shop_id)):
        kind = _("有人使用诱饵码")
        detail = _("入口：%(door)s。这个码从没给过任何人") % {"door": _door(event.payload["door"])}
    _tell(event, f"honeypot:{event.payload['honeypot_id']}:{event.occurred_at:%Y%m%d%H%M}", kind, detail, TRAPS)


def on_door_attacked(event: StoredEvent) -> None:
    """Somebody guesses."""
    told = event.payload
    with override(shop_locale(event.shop_id)):
        kind = _("入口正被攻击")
        detail = _("%(door)s：%(why)s，已失败 %(n)s 次。现在起要先验证") % {
            "door": _door(told["door"]), "why": str(ATTACK_WORDS.get(told["why"], told["why"])), "n": told["misses"],
        }  # fmt: skip
    _tell(
        event, f"door:{told['door']}:{told['batch']}:{event.occurred_at:%Y%m%d%H%M}", kind, detail,
        f"{DOORS}?door={told['door']}",
    )  # fmt: skip


def on_export_alone(event: StoredEvent) -> None:
    """Nobody else is there to say no: the owner's own account may be in other hands."""
    told = event.payload
    shop = identity.shop_by_id(event.shop_id)
    opens = datetime.fromisoformat(told["open_from"]).astimezone(ZoneInfo(shop.timezone))
    with override(shop_locale(event.shop_id)):
        kind = _("有人要导出卡密") if told["kind"] == wishing.CODES else _("有人要导出大量数据")
        detail = _("%(who)s 申请导出 %(n)s 行，%(at)s 起可以取一次。不是你本人，请马上停止申请并改密码") % {
            "who": _names(event, [told["staff_id"]]), "n": told["rows"], "at": f"{opens:%Y-%m-%d %H:%M}",
        }  # fmt: skip
    _tell(event, f"wish:{told['wish_id']}", kind, detail, WISHES)


def on_stolen_code_used(event: StoredEvent) -> None:
    """Somebody of the staff had seen a code that was used before it was sold."""
    told = event.payload
    with override(shop_locale(event.shop_id)):
        kind = _("看过的未售卡密被盗用")
        detail = _("这个卡密卖出之前就被用掉了，之前看过或导出过它的人：%(who)s") % {
            "who": _names(event, told["staff_ids"])
        }
    _tell(event, f"stolen:{told['code_id']}", kind, detail, CODE.format(told["code_id"]))


def on_bait_retired(event: StoredEvent) -> None:
    """Whoever means to steal takes away first what would tell of it."""
    told = event.payload
    who = identity.staff_by_actor(event.shop_id, told["by"])
    with override(shop_locale(event.shop_id)):
        kind = _("诱饵被撤下")
        what = pgettext("message", "金丝雀卡密") if told["what"] == "canary" else pgettext("message", "诱饵码")
        detail = _("%(who)s 撤下了一个%(what)s，它不再报警。不是你安排的，请马上查看审计记录") % {
            "who": who.username if who else "–", "what": what,
        }  # fmt: skip
    tab = "canaries" if told["what"] == "canary" else "honeypots"
    _tell(event, f"retired:{told['planted_id']}", kind, detail, f"{TRAPS}?tab={tab}&retired=1")


def on_rule_switched_off(event: StoredEvent) -> None:
    """One person ended a protection at once; the owner hears who and why."""
    told = event.payload
    who = identity.staff_by_actor(event.shop_id, told["by"])
    rule = {
        "name": told["title"],
        "code": told["code"],
        "who": who.username if who else "",
        "reason": told["reason"],
        "url": f"/console/risk/changes/{told['proposal_id']}/",
    }
    tell_staff(event, RULE_OFF, f"rule_off:{told['proposal_id']}", {"rule": rule})


def _door(name: str) -> str:
    return str(DOOR_WORDS.get(name, name))


def _names(event: StoredEvent, staff_ids: list[str]) -> str:
    names = {one.id: one.username for one in identity.staff_of_shop(event.shop_id)}
    return "、".join(names.get(UUID(one), "–") for one in staff_ids)


def _tell(event: StoredEvent, subject: str, kind: str, detail: str, url: str) -> None:
    alarm: dict[str, Any] = {"kind": kind, "detail": detail, "url": url}
    tell_staff(event, SCENE, subject, {"alarm": alarm})
