"""News of risk control, told to the owner: wiring, as in `messages.py`."""

from goodfor.identity import queries as identity
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.notify.operations.send import send
from goodfor.notify.types import STAFF, language_of
from goodfor.risk.events import RuleSwitchedOff

SCENE = "risk_rule_off"


def listen() -> None:
    """Register everything; called once by the wiring."""
    events.register(
        RuleSwitchedOff, on_rule_switched_off, name="risk_messages.on_rule_switched_off", concern=speaks
    )  # fmt: skip


def speaks(event: StoredEvent) -> bool:
    """A shop without channels tells nobody."""
    return notify.speaks(event.shop_id)


def on_rule_switched_off(event: StoredEvent) -> None:
    """One person ended a protection at once; the owner hears who and why."""
    told = event.payload
    who = identity.staff_by_actor(event.shop_id, told["by"])
    send(
        shop_id=event.shop_id,
        scene=SCENE,
        audience=STAFF,
        subject=f"rule_off:{told['proposal_id']}",
        recipients=notify.staff_recipients(event.shop_id, SCENE),
        context={
            "rule": {
                "name": told["title"],
                "code": told["code"],
                "who": who.username if who else "",
                "reason": told["reason"],
                "url": f"/console/risk/changes/{told['proposal_id']}/",
            }
        },
        language=language_of(identity.shop_by_id(event.shop_id).locale),
        now=event.occurred_at,
    )
