"""Periodic duties of payments: ask about what is pending, send refunds, look after callbacks."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.payments.operations.bind_receivers import bind_receivers
from goodfor.payments.operations.fetch_bills import fetch_bills
from goodfor.payments.operations.note_call import forget_calls
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.poll_mandates import poll_mandates, run_due_charges
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.payments.operations.run_split_errands import run_split_errands
from goodfor.payments.operations.share_out import share_out_due
from goodfor.payments.operations.sweep_inbox import purge_forged, sweep_inbox
from goodfor.payments.operations.want_bills import want_bills


@loop(name="payments.poll", seconds=1.0)
def poll(now: datetime) -> int:
    """Ask channels about pending payments whose time has come; closes what expired."""
    return poll_due(now=now)


@loop(name="payments.refunds", seconds=0.5)
def refunds(now: datetime) -> int:
    """Send refunds that wait, go on with those of unknown end."""
    return run_due_refunds(now=now)


@loop(name="payments.charges", seconds=1.0)
def charges(now: datetime) -> int:
    """Go on with charges by mandates: announce, send, ask."""
    return run_due_charges(now=now)


@loop(name="payments.mandates", seconds=2.0)
def mandates(now: datetime) -> int:
    """Ask whether mandates were signed; tell channels of those that are over."""
    return poll_mandates(now=now)


@loop(name="payments.splits", seconds=2.0)
def splits(now: datetime) -> int:
    """Make receivers known, share out what was frozen long enough, go on with splits and returns."""
    return bind_receivers(now=now) + share_out_due(now=now) + run_split_errands(now=now)


@loop(name="payments.inbox", seconds=5.0)
def inbox(now: datetime) -> int:
    """Have the channel asked about callbacks that led to nothing; no work count: a waiting row is not progress."""
    sweep_inbox(now=now)
    return 0


@loop(name="payments.purge", seconds=3600.0)
def purge(now: datetime) -> int:
    """Forget old forged callbacks, and how channels answered."""
    return purge_forged(now=now) + forget_calls(now=now)


@loop(name="payments.want_bills", seconds=600.0)
def wanted(now: datetime) -> int:
    """Note which days' bills are to be fetched."""
    return want_bills(now=now)


@loop(name="payments.bills", seconds=10.0)
def bills(now: datetime) -> int:
    """Fetch and take in bills."""
    return fetch_bills(now=now)
