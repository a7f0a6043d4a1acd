"""The console's duties in the worker: exports, batches, housekeeping. Work is found in the tables, so none is lost."""

from datetime import datetime, timedelta

from goodfor.console import states, urls, wishing
from goodfor.console.holding import forget_old
from goodfor.console.listing.running import do_batch, export_path, write_export
from goodfor.console.models import Batch, Export, Wish
from goodfor.console.operations.forget_tries import forget_tries as run_forget_tries
from goodfor.console.operations.move_export import move_export
from goodfor.console.operations.wish import lapse_wish
from goodfor.console.wish_queries import newest_wish
from goodfor.kernel.clock import utc_now
from goodfor.kernel.jobs import app, task
from goodfor.kernel.loops import loop
from goodfor.kernel.tenancy import platform_job

#: The lists register themselves where their addresses are made.
LISTS = urls.urlpatterns
UNFINISHED = (states.WAITING, states.RUNNING)
TURN = timedelta(seconds=20)


@loop(name="console.exports", seconds=1.0)
def write_exports(now: datetime) -> int:
    """Write the oldest export that is asked for. One process does this at a time: what is `running` was left behind."""
    with platform_job("exports of all shops"):
        row = Export.objects.filter(state__in=UNFINISHED).order_by("id").first()
    if row is None:
        return 0
    write_export(
        shop_id=row.shop_id,
        export_id=row.id,
        staff_id=row.staff_id,
        listing_key=row.listing,
        query=row.query,
        columns=list(row.columns),
        file_format=row.format,
        locale=row.locale,
        state=row.state,
        now=now,
        most=None if newest_wish(row.shop_id, wishing.LIST, row.id) else wishing.MOST_ROWS,
    )
    return 1


@loop(name="console.wishes", seconds=20.0)
def end_wishes(now: datetime) -> int:
    """What nobody decided about, or came for, in time; how many."""
    with platform_job("wishes whose time is over"):
        rows = list(
            Wish.objects.filter(state__in=(states.ASKED, states.APPROVED)).order_by("id").values_list("shop_id", "id")
        )
    return sum(lapse_wish(shop_id=shop_id, wish_id=wish_id, now=now) for shop_id, wish_id in rows)


@loop(name="console.batches", seconds=1.0)
def do_batches(now: datetime) -> int:
    """Go on with the batches that are not done, each for a while, so that a long one holds up no other."""
    with platform_job("batches of all shops"):
        rows = list(Batch.objects.filter(state__in=UNFINISHED).order_by("id")[:20])
    return sum(
        do_batch(shop_id=row.shop_id, batch_id=row.id, listing_key=row.listing, action=row.action, until=now + TURN)
        for row in rows
    )


@app.periodic(cron="23 * * * *")
@task(queue="housekeeping", name="console.expire_exports")
def expire_exports(timestamp: int) -> int:  # noqa: ARG001  (periodic tasks are given their time)
    """Delete files that were kept long enough; how many."""
    now = utc_now()
    with platform_job("old exports of all shops"):
        rows = list(Export.objects.filter(state=states.DONE, expires_at__lt=now)[:500])
    for row in rows:
        export_path(row.id, row.format).unlink(missing_ok=True)
        move_export(shop_id=row.shop_id, export_id=row.id, from_state=states.DONE, to_state=states.GONE, now=now)
    return len(rows)


@app.periodic(cron="41 * * * *")
@task(queue="housekeeping", name="console.forget_tries")
def forget_tries(timestamp: int) -> int:  # noqa: ARG001
    """Drop guesses of long ago; how many rows went."""
    return run_forget_tries(now=utc_now())


@app.periodic(cron="*/20 * * * *")
@task(queue="housekeeping", name="console.forget_held")
def forget_held(timestamp: int) -> int:  # noqa: ARG001
    """Delete checked files that nobody imported; how many."""
    return forget_old()
