"""Tasks that bring points: what is to be done, how often, and how far somebody is. Reached through `types`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

#: What the account says.
PROFILE, BIRTHDAY, EMAIL, PHONE, PASSKEY, SUBSCRIBED = "profile", "birthday", "email", "phone", "passkey", "subscribed"
#: What orders say: the first one, and some within the period.
FIRST, ORDERS = "first", "orders"
#: What other rooms say: a friend who was brought has bought, a claim was rated.
FRIEND, RATED = "friend", "rated"
OF_ACCOUNT: Final = (PROFILE, BIRTHDAY, EMAIL, PHONE, PASSKEY, SUBSCRIBED)
OF_ORDERS: Final = (FIRST, ORDERS)
NOTED: Final = (FRIEND, RATED)
TASKS: Final = (*OF_ACCOUNT, *OF_ORDERS, *NOTED)
#: Done once, whatever is said of how often.
ONCE_ONLY: Final = (*OF_ACCOUNT, FIRST)
#: A mailbox or telephone brings points once, whoever has it.
MARKED: Final = (EMAIL, PHONE)

ONCE, DAILY, WEEKLY, MONTHLY = "once", "daily", "weekly", "monthly"
EVERY: Final = (ONCE, DAILY, WEEKLY, MONTHLY)


@dataclass(frozen=True, slots=True)
class Task:
    """A task. `key` stays when the rest changes: what it has brought somebody stands under it.

    `need`: how many (orders, friends) within a period; `least_minor`: what an order counts from, of what was paid and
    kept. `since`, `until`: first and last day, ISO; empty: always. `automatic`: given as soon as it is done, else with
    a tap. `bought`: only for who has bought something and kept it.
    """

    key: str
    kind: str
    points: int
    every: str = ONCE
    need: int = 1
    least_minor: int = 0
    since: str = ""
    until: str = ""
    automatic: bool = False
    bought: bool = True


@dataclass(frozen=True, slots=True)
class TaskSet:
    """All tasks of a shop, in the order of its page. `day_most`: points of tasks a member and day; 0: no cap."""

    tasks: tuple[Task, ...] = ()
    day_most: int = 0


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as a member's page tells it: `done` of `need` in this period; `given`: he has had its points.

    `until`: when the period ends; None: never. `lacks`: it is done, but he has bought nothing yet.
    """

    task: Task
    done: int
    given: bool
    until: datetime | None
    lacks: bool = False

    @property
    def ready(self) -> bool:
        """Whether a tap brings the points."""
        return not self.given and not self.lacks and self.done >= self.task.need


@dataclass(frozen=True, slots=True)
class TaskGiven:
    """What a task brought a member in a period; `back_at`: when it was taken back."""

    kind: str
    period: str
    units: int
    at: datetime
    back_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskCost:
    """What a task has brought so far: how often, how many points, what the books owed for them; what went back."""

    times: int = 0
    units: int = 0
    minor: int = 0
    back: int = 0
