"""Checking that the audit trail is whole."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import setting_words
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.audit_check import AuditCheck, last_check
from goodfor.kernel.clock import utc_now
from goodfor.kernel.operations.start_audit_check import start_audit_check

PAGE: Final = "desk:audit-check"


def fault_words(check: AuditCheck) -> str:
    """What a check found, in words; empty when all is well."""
    kind, _slash, at = check.fault.partition("/")
    return str(setting_words.AUDIT_FAULTS.get(kind, kind)) % {"at": at} if kind else ""


@console_page(Permission.AUDIT_VIEW, methods=("GET", "POST"))
def audit_check(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """How far the chain was verified, and verifying it anew: the worker does it, a stretch at a time."""
    if request.method == "POST":
        begun = start_audit_check(shop_id=visitor.shop.id, actor=visitor.actor, now=utc_now())
        return done(request, _("核对已开始") if begun else _("已有一次核对正在进行"), PAGE)
    check = last_check()
    context: dict[str, Any] = {"check": check}
    if check is not None:
        context |= {
            "running": check.finished_at is None,
            "fault": fault_words(check),
            "percent": check.position * 100 // check.target if check.target else 100,
        }
    return show(request, visitor, "settings/audit_check", context, page=PAGE)
