"""People of the console for tests: in by a link, with a password, with an authenticator app."""

import itertools
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from goodfor.console.operations.factors import add_totp
from goodfor.identity.operations import add_staff, create_user, issue_signin_link
from goodfor.identity.types import Role, StaffView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.kernel.tests.emptying import marks, tables
from goodfor.risk.tests.traces import is_trace

PASSWORD = "correct-horse-7-battery-staple"
_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody of a shop."""

    staff: StaffView
    secret: str = ""

    @property
    def user(self) -> User:
        return User.objects.get(pk=self.staff.user_id)

    def code(self, step: int = 0) -> str:
        """What the app shows now, or `step` half minutes later."""
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // 30 + step))


def person(shop_id: UUID, role: str = Role.OWNER, *, password: bool = False, app: bool = False) -> Person:
    """Somebody new with that role."""
    now = utc_now()
    name = f"{role}-{next(_numbers)}"
    user_id = create_user(username=name, password=PASSWORD if password else None)
    made = Person(add_staff(shop_id=shop_id, user_id=user_id, role=role, actor="test", now=now))
    if app:
        made.secret = generate_totp_secret()
        # The code of half a minute ago sets the app up, so that the present one is still unused.
        add_totp(shop_id=shop_id, user_id=user_id, secret=made.secret, code=made.code(-1), actor="test", now=now)
    return made


def link_of(one: Person, now: datetime | None = None) -> str:
    """A one-time token for somebody."""
    return issue_signin_link(shop_id=one.staff.shop_id, staff_id=one.staff.id, actor="test", now=now or utc_now()).token


def by_link(one: Person, client: Client | None = None) -> Client:
    """A browser in which somebody came in by a link."""
    client = client or Client()
    answer = client.post("/console/signin", {"token": link_of(one)})
    assert answer.status_code == 302, answer.content[:500]
    return client


def inside(shop_id: UUID, role: str = Role.OWNER) -> Client:
    """A browser of somebody new with that role, on their first visit."""
    return by_link(person(shop_id, role))


def proved(shop_id: UUID, role: str = Role.OWNER) -> Client:
    """The same, after a fresh proof of who they are."""
    return proved_as(person(shop_id, role, app=True))


def old_hand(shop_id: UUID, role: str = Role.OPERATOR) -> Person:
    """Somebody who has been here for a while, and can be the second person."""
    one = person(shop_id, role, app=True)
    sql("UPDATE identity_staff SET created_at = created_at - interval '3 days' WHERE id = %s", [one.staff.id])
    return one


def proved_long_ago(client: Client, seconds: float) -> Client:
    """The last proof was so long ago."""
    session = client.session
    session["console_proved_at"] = time.time() - seconds
    session.save()
    return client


def proved_as(one: Person) -> Client:
    """A browser of somebody with an authenticator app, after a fresh proof."""
    client = by_link(one)
    answer = client.post("/console/prove", {"code": one.code(), "next": "/console/"})
    assert answer.status_code == 302, answer.content[:500]
    return client


def sql(text: str, params: Any = ()) -> list[tuple[Any, ...]]:
    """Whatever a test wants to look at or break."""
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


#: What may change when a request is refused: its line in the audit trail, a session's last use, counted guesses, that
#: somebody set out to look at codes; keys are made when they are first used. Beside what risk control notes of acts.
NOTES = {
    "kernel_audit", "kernel_audit_seal", "kernel_data_key", "console_session", "console_tries", "console_look",
    "django_session",
}  # fmt: skip


def state_of_all() -> dict[str, Any]:
    """A fingerprint of every row of ours."""
    return dict(marks([name for name in tables() if name not in NOTES and not is_trace(name)]))
