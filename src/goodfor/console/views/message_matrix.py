"""Which news goes to whom by which channel: one switch each."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.notify import queries as notify
from goodfor.notify.operations.set_switch import set_switch
from goodfor.notify.types import BUYER, STAFF, MatrixRow

PAGE: Final = "desk:message-matrix"
#: Only sent when somebody tries a channel.
_NO_NEWS: Final = "channel_test"


@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"))
def matrix(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The switches as they are; a POST sets those that are different from what was sent."""
    rows = [row for row in notify.matrix(visitor.shop.id) if row.scene != _NO_NEWS]
    if request.method == "POST":
        changed = _set(request, visitor, rows)
        return done(request, _("已保存，改动 %(n)s 处") % {"n": changed}, reverse(PAGE))
    labels = notify.channel_labels()
    context = {
        "parts": [
            {"audience": audience, "label": label, "channels": _channels(rows, audience), "rows": _rows(rows, audience)}
            for audience, label in ((BUYER, _("发给买家")), (STAFF, _("发给店员")))
        ],
        "notes": [(labels[name], note) for name, note in words.CHANNEL_NOTES.items()],
    }
    return show(request, visitor, "message_matrix", context, page=PAGE)


def key_of(row: MatrixRow) -> str:
    """The name of a switch in the form."""
    return f"{row.scene}/{row.audience}/{row.channel}"


def _set(request: HttpRequest, visitor: Visitor, rows: list[MatrixRow]) -> int:
    """A form of before that lacks a switch must not turn it off: it names those that it has."""
    on, shown = set(request.POST.getlist("on")), set(request.POST.getlist("shown"))
    changed = 0
    for row in rows:
        wanted = key_of(row) in on
        if key_of(row) in shown and wanted != row.enabled:
            set_switch(
                shop_id=visitor.shop.id,
                scene=row.scene,
                channel=row.channel,
                audience=row.audience,
                enabled=wanted,
                actor=visitor.actor,
                now=utc_now(),
            )
            changed += 1
    return changed


def _channels(rows: list[MatrixRow], audience: str) -> list[tuple[str, str, bool]]:
    labels, seen = notify.channel_labels(), {row.channel: row.ready for row in rows if row.audience == audience}
    return [(name, labels[name], seen[name]) for name in labels if name in seen]


def _rows(rows: list[MatrixRow], audience: str) -> list[dict[str, Any]]:
    names = [name for name, _label, _ready in _channels(rows, audience)]
    labels = notify.scene_labels()
    found: list[dict[str, Any]] = []
    for scene in dict.fromkeys(row.scene for row in rows if row.audience == audience):
        cells = {row.channel: row for row in rows if row.scene == scene and row.audience == audience}
        silent = not any(row.enabled and row.ready for row in cells.values())
        found.append(
            {
                "label": labels[scene],
                "note": words.SCENE_NOTES.get(scene, ""),
                "silent": silent,
                "cells": [(cells.get(name), key_of(cells[name]) if name in cells else "") for name in names],
            }
        )
    return found
