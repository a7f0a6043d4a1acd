"""What goes on in the background: queues, failed jobs, duties, events on their way, and trying again."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import setting_words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel import background
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.operations.retry_events import retry_events
from goodfor.kernel.operations.retry_jobs import retry_jobs

PAGE: Final = "desk:jobs"


@console_page(Permission.AUDIT_VIEW, methods=("GET", "POST"))
def jobs(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Everything at a glance; who may configure the shop may also try again what failed."""
    if request.method == "POST":
        return _again(request, visitor)
    now = utc_now()
    found, box = background.jobs(), background.outbox(visitor.shop.id)
    failed = [job.id for job in found if job.status == "failed"]
    context = {
        "queues": background.queues(),
        "jobs": [(job, *setting_words.JOB_STATES[job.status]) for job in found],
        "failed": failed,
        "failed_text": ",".join(map(str, failed)),
        "duties": background.duties(now),
        "box": box,
        "stuck": sum(1 for retry in box.retries if retry.stuck),
        "may_retry": visitor.may(Permission.SHOP_CONFIGURE),
        "now": now,
    }
    return show(request, visitor, "settings/jobs", context, page=PAGE)


def _again(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if not visitor.may(Permission.SHOP_CONFIGURE):
        raise NotAllowed
    require_fresh_proof(request)
    act, now = request.POST.get("act", ""), utc_now()
    if act == "jobs":
        # The ids that the person saw: what failed since then is not tried again unseen.
        ids = [int(text) for text in request.POST.get("ids", "").split(",") if text.isascii() and text.isdigit()]
        count = retry_jobs(shop_id=visitor.shop.id, job_ids=ids[: background.LIMIT], actor=visitor.actor, now=now)
        return done(request, _("%(n)d 个任务已放回队列") % {"n": count}, PAGE)
    if act in ("event", "events"):
        text = request.POST.get("event", "")
        one = int(text) if act == "event" and text.isascii() and text.isdigit() and len(text) < 19 else None
        if act == "event" and one is None:
            raise InvalidInput
        count = retry_events(
            shop_id=visitor.shop.id, event_id=one, handler=request.POST.get("handler", "")[:200],
            actor=visitor.actor, now=now,
        )  # fmt: skip
        return done(request, _("%(n)d 个事件马上重试") % {"n": count}, PAGE)
    raise InvalidInput
