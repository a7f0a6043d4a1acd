"""Who of the staff hears of what: by role, unless set otherwise here."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.notify import queries as notify
from goodfor.notify.operations.set_staff_alerts import set_staff_alerts
from goodfor.notify.types import STAFF, StaffRoute

PAGE: Final = "desk:message-staff"


@console_page(Permission.SHOP_CONFIGURE)
def people(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Everybody with what they are told, and by which channels the shop's groups hear of it."""
    labels, channels = notify.scene_labels(), notify.channel_labels()
    rows = [(route, [labels[scene] for scene in _told(route)], _unreached(route)) for route in _routes(visitor)]
    groups = [
        (labels[scene], [channels[name] for name in sorted(notify.switched_on(visitor.shop.id, scene, STAFF))])
        for scene in notify.staff_scenes()
    ]
    nobody = [labels[scene] for scene in notify.staff_scenes() if not _heard(visitor, scene)]
    context = {"rows": rows, "groups": groups, "robots": notify.robots(visitor.shop.id), "nobody": nobody}
    return show(request, visitor, "message_people", context, page=PAGE)


def _routes(visitor: Visitor) -> list[StaffRoute]:
    return notify.staff_routes(visitor.shop.id)


def _told(route: StaffRoute) -> list[str]:
    return list(dict.fromkeys(scene for scene in notify.staff_scenes() for name in notify.PERSONAL
                              if (scene, name) in route.on))  # fmt: skip


def _unreached(route: StaffRoute) -> list[str]:
    """Channels by which something is to be told, and no address is known."""
    labels = notify.channel_labels()
    return [
        labels[name] for name in notify.PERSONAL if any(c == name for _s, c in route.on) and name not in route.hints
    ]


def _heard(visitor: Visitor, scene: str) -> bool:
    """Whether anybody, or any group, would hear of a scene now."""
    shop_id = visitor.shop.id
    on = notify.switched_on(shop_id, scene, STAFF) & set(notify.current_accounts(shop_id))
    robots = set(notify.robots(shop_id)) & on
    return bool(robots) or any(one.channel in on for one in notify.staff_recipients(shop_id, scene))


@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"))
def person(request: HttpRequest, visitor: Visitor, staff_id: UUID) -> HttpResponse:
    """One person's alerts and addresses."""
    route = notify.staff_route(visitor.shop.id, staff_id)
    if request.method != "POST":
        return _person(request, visitor, route)
    wanted = {tuple(text.split("/", 1)) for text in request.POST.getlist("on") if "/" in text}
    addresses = {
        name: "" if f"forget_{name}" in request.POST else request.POST.get(name, "").strip() or None
        for name in notify.PERSONAL
    }
    try:
        set_staff_alerts(
            shop_id=visitor.shop.id,
            staff_id=staff_id,
            wanted={(scene, channel) for scene, channel in wanted},
            addresses=addresses,
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _person(request, visitor, route, error)
    return done(request, _("已保存"), reverse("desk:message-staff-one", args=[staff_id]))


def _person(
    request: HttpRequest, visitor: Visitor, route: StaffRoute, error: DomainError | None = None
) -> HttpResponse:
    labels, channels = notify.scene_labels(), notify.channel_labels()
    context: dict[str, Any] = {
        "title": route.username,
        "route": route,
        "channels": [(name, channels[name]) for name in notify.PERSONAL],
        "rows": [
            (labels[scene], [_tick(route, scene, name) for name in notify.PERSONAL]) for scene in notify.staff_scenes()
        ],
        "addresses": [(name, channels[name], route.hints.get(name, "")) for name in notify.PERSONAL],
        "error": error,
        "bad": str(error.data.get("field", "")) if error else "",
    }
    crumbs = [(_("员工提醒"), reverse(PAGE))]
    return show(
        request, visitor, "message_person", context, page=PAGE, crumbs=crumbs,
        status=error.http_status if error else 200,
    )  # fmt: skip


def _tick(route: StaffRoute, scene: str, channel: str) -> dict[str, Any] | None:
    if channel not in notify.channels_of(scene, STAFF):
        return None
    return {"key": f"{scene}/{channel}", "on": (scene, channel) in route.on}
