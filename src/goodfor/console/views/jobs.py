"""What goes on in the background: queues, failed jobs, duties, events on their way, and trying again."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from goodfor.console import job_words, setting_words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.listing.cells import labelled
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
    now, queues = utc_now(), background.queues()
    found, box = background.jobs(), background.outbox(visitor.shop.id)
    failed = [job.id for job in found if job.status == "failed"]
    context = {
        "queues": [(queue, labelled(job_words.word(job_words.QUEUES, queue.name), queue.name)) for queue in queues],
        "jobs": [(job, *setting_words.JOB_STATES[job.status], *_job_words(job)) for job in found],
        "failed": failed,
        "failed_text": ",".join(map(str, failed)),
        "duties": [(duty, labelled(job_words.duty(duty.name), duty.name)) for duty in background.duties(now)],
        "box": box,
        "retries": [(retry, *_retry_words(retry)) for retry in box.retries],
        "stuck": sum(1 for retry in box.retries if retry.stuck),
        "may_retry": visitor.may(Permission.SHOP_CONFIGURE),
        "now": now,
    }
    return show(request, visitor, "settings/jobs", context, page=PAGE)


def _job_words(job: background.JobView) -> tuple[str, SafeString, str]:
    """Its name; the same with its key; its queue."""
    name, numbered = job_words.duty(job.task), f"{job.task} #{job.id}"
    told = numbered if name == job.task else name
    return name, labelled(told, numbered), job_words.word(job_words.QUEUES, job.queue)


def _retry_words(retry: background.RetryView) -> tuple[SafeString, str, SafeString]:
    """The event with its key; the handler's name; the same with its key."""
    name, numbered = job_words.word(job_words.EVENTS, retry.event), f"{retry.event} #{retry.event_id}"
    told = numbered if name == retry.event else name
    handler = job_words.word(job_words.HANDLERS, retry.handler)
    return labelled(told, numbered), handler, labelled(handler, retry.handler)


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
