"""Periodic duties of welfare, each one operation."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.welfare.operations.agree_grant import give_what_was_agreed
from goodfor.welfare.operations.leave import take_what_came_late
from goodfor.welfare.operations.run_rules import run_rules
from goodfor.welfare.operations.send_invitations import send_invitations
from goodfor.welfare.operations.sign_in import forget_sessions


@loop(name="welfare.grant", seconds=2.0)
def grant(now: datetime) -> int:
    """Grants under way, a step at a time."""
    return give_what_was_agreed(now=now)


@loop(name="welfare.rules", seconds=600.0)
def rules(now: datetime) -> int:
    """Festivals, birthdays and anniversaries, once each shop's day has begun; and what had waited for money."""
    return run_rules(now=now)


@loop(name="welfare.invite", seconds=5.0)
def invite(now: datetime) -> int:
    """Letters to employees who are to join."""
    return send_invitations(now=now)


@loop(name="welfare.late", seconds=3600.0)
def late(now: datetime) -> int:
    """What came back to people who had left, and sessions that are long over."""
    return take_what_came_late(now=now) + forget_sessions(now=now)
