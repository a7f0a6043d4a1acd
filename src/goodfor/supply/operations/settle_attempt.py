"""What a supplier said about a purchase, applied: to the attempt, its want, the vault and the books, at once or not.

Every answer comes here: of the buying call, of a question, of a call from outside, of a person. It may come twice, late
and in any order; what has ended stays ended, except for goods that come after all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.statemachine import record_history
from goodfor.supply import states
from goodfor.supply.events import AttemptNeedsPerson
from goodfor.supply.locks import lock_attempt
from goodfor.supply.mapping import form_of
from goodfor.supply.operations.book_attempt import book_goods, book_nothing, book_returned, cost_of
from goodfor.supply.operations.close_want import close_want
from goodfor.supply.operations.count_surprise import count_surprise
from goodfor.supply.operations.guard import mend, trip
from goodfor.supply.operations.note_finding import note_finding
from goodfor.supply.operations.take_codes import take_codes
from goodfor.supply.providers.base import Descriptor
from goodfor.supply.providers.values import Accepted, Asked, Code, Delivered, Doubt, NotFound, Order, Placed, Refused
from goodfor.supply.providers.wire import masked
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.schedule import AGAIN_AFTER, ask_at

#: States of an order that end it without goods. What is "unpaid" delivers nothing; should it all the same, it is late.
_ENDED: Final = frozenset({"failed", "cancelled", "refunded", "unpaid"})
#: No other supplier will do better with the same data of the buyer.
_HOPELESS: Final = frozenset({"account", "risk"})
#: Paid for, and nothing of it was good: it is booked as a claim, once.
_FOR_NOTHING: Final = frozenset({"doubles", "bad_codes"})
SHORT_AFTER: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer and, where they were fetched apart, the codes. `asking`: it answers a question, not the purchase."""

    answer: Placed | Asked
    codes: tuple[Code, ...] = field(default=(), repr=False)
    asking: bool = False


@transaction.atomic(savepoint=False)
def settle_attempt(
    *, shop_id: UUID, attempt_id: UUID, told: Told, about: Descriptor, actor: str = "supplier", now: datetime
) -> str:
    """Returns the attempt's state after. Raises AttemptNotFound."""
    want, attempt = lock_attempt(shop_id, attempt_id)
    change = _Change(want, attempt, about, actor, now)
    answer = told.answer
    if isinstance(answer, Delivered):
        change.delivered(answer.codes, answer.ref, answer.cost)
    elif isinstance(answer, Order):
        change.order(answer, told.codes or answer.codes)
    elif attempt.state not in states.IN_FLIGHT:
        pass
    elif isinstance(answer, Accepted):
        change.accepted(answer.ref, answer.cost)
    elif isinstance(answer, Refused) and not told.asking and attempt.state != states.ACCEPTED:
        change.refused(answer)
    elif isinstance(answer, NotFound):
        change.not_found()
    else:
        change.doubt(answer.reason if isinstance(answer, Doubt) else answer.why, asking=told.asking)
    if isinstance(answer, Delivered) and attempt.state in states.ENDED and attempt.got < attempt.quantity:
        # Too little came with the reply, which says nothing of money: asked once whether some is back.
        Attempt.objects.filter(shop_id=shop_id, id=attempt_id).update(next_at=now + SHORT_AFTER)
    elif attempt.state not in states.ASKED:
        # A question about what has ended, or lies with a person, is asked once: the lease of it is not left behind.
        Attempt.objects.filter(shop_id=shop_id, id=attempt_id, next_at__isnull=False).update(next_at=None)
    count_surprise(want, attempt)
    reach("supply.settling")
    return attempt.state


@dataclass(slots=True)
class _Change:
    """One answer being applied."""

    want: Want
    attempt: Attempt
    about: Descriptor
    actor: str
    now: datetime

    def order(self, order: Order, codes: tuple[Code, ...]) -> None:
        """Two axes: what was delivered, and what came back of the money."""
        attempt = self.attempt
        attempt.ref = order.ref[:64] or attempt.ref
        word = self._clean(order.message or order.word)
        done = self._done(order)
        if order.state == "success" or (order.state in ("refunded", "cancelled", "refunding") and (codes or done)):
            self.delivered(codes, order.ref, order.charged, done=done, word=word)
        elif attempt.state in states.IN_FLIGHT:
            if order.state in _ENDED:
                self.failed(order.state, word)
            elif order.state == "doubt":
                self.doubt("doubt", asking=True)
            else:
                self.accepted(order.ref, order.charged)
        if order.refunded > attempt.refunded and (attempt.state in states.WITH_GOODS or attempt.claimed_minor):
            book_returned(self.want, attempt, order.refunded, self.actor, self.now)

    def accepted(self, ref: str, cost: Decimal | None) -> None:
        """They have it: ask until it ends."""
        attempt = self.attempt
        attempt.ref, attempt.charged = ref[:64] or attempt.ref, cost if cost is not None else attempt.charged
        attempt.not_found_at = None
        self._ask_again(states.ACCEPTED, "")

    def doubt(self, reason: str, *, asking: bool) -> None:
        """No usable answer. To a question it says nothing; to the purchase: nobody knows."""
        if self.attempt.state == states.SENDING or (not asking and self.attempt.state == states.UNKNOWN):
            trip(why="unknown", **self._place())
            self._ask_again(states.UNKNOWN, reason)
            return
        self._ask_again(self.attempt.state, reason if self.attempt.state == states.UNKNOWN else "")

    def not_found(self) -> None:
        """Proof only when it may be, and when it is said again a minute later."""
        attempt = self.attempt
        early = self.now < attempt.sent_at + self._found_after()
        if attempt.state == states.ACCEPTED or early:
            proof = None if attempt.state == states.ACCEPTED else attempt.sent_at + self._found_after()
            state = states.UNKNOWN if attempt.state == states.SENDING else attempt.state
            self._ask_again(state, "not_found", proof=proof)
        elif attempt.not_found_at is None or self.now < attempt.not_found_at + AGAIN_AFTER:
            attempt.not_found_at = attempt.not_found_at or self.now
            self._ask_again(states.UNKNOWN, "not_found", proof=attempt.not_found_at + AGAIN_AFTER)
        else:
            self._without(states.REJECTED, "not_found", "")

    def _found_after(self) -> timedelta:
        return timedelta(seconds=self.about.found_after)

    def refused(self, no: Refused) -> None:
        """Certainly no order."""
        trip(why=no.why, **self._place())
        self._without(states.REJECTED, no.why, self._clean(f"{no.code} {no.message}".strip()))

    def failed(self, reason: str, word: str) -> None:
        """There was an order, and it ended without goods."""
        trip(why="failed", **self._place())
        state = states.ATTEMPT_FAILED
        self._without(state, reason, word)

    def delivered(
        self, codes: tuple[Code, ...], ref: str, cost: Decimal | None, *, done: int | None = None, word: str = ""
    ) -> None:
        """Goods. A success without codes of what has codes is not one yet."""
        attempt, want = self.attempt, self.want
        booked = attempt.state == states.ATTEMPT_FAILED and attempt.reason in _FOR_NOTHING
        if attempt.state in states.WITH_GOODS or attempt.claimed_minor or booked:
            # It ended with these goods, good or not: they are in the books once.
            return
        if want.kind == "code" and not codes:
            if attempt.state in states.IN_FLIGHT:
                attempt.ref = ref[:64] or attempt.ref
                self._ask_again(states.ACCEPTED, "no_codes")
            return
        attempt.ref, attempt.charged = ref[:64] or attempt.ref, cost if cost is not None else attempt.charged
        attempt.word = word
        late = want.state != states.OPEN or attempt.state in states.WITHOUT
        if want.kind == "code":
            good = self._keep(codes, late=late)
        else:
            good = attempt.quantity if done is None else max(0, min(attempt.quantity, done))
            # An account that was topped up for nobody is no stock: what it cost is asked back of the supplier.
            book_goods(want, attempt, self.now, kept=good > 0 and not late)
        self._with(good, late=late)

    def _done(self, order: Order) -> int | None:
        """Units of a top-up that were done: what they say, else what the money that came back leaves of it.

        Some say "success" of an order of which they paid a part back: for that part the buyer got nothing.
        """
        attempt = self.attempt
        if self.want.kind != "direct" or order.done is not None:
            return order.done
        charged = order.charged if order.charged is not None else attempt.charged
        if not charged or not 0 < order.refunded < charged:
            return None
        left = attempt.quantity * (charged - order.refunded) / charged
        return int(left) if left == int(left) else None

    def _clean(self, word: str) -> str:
        """Their words without what the buyer filled in."""
        if self.want.form_blob is None:
            return word[:200]
        try:
            return masked(word, [value for value in form_of(self.want).values() if len(value) >= 3])[:200]
        except DecryptFailed:
            return ""

    def _keep(self, codes: tuple[Code, ...], *, late: bool) -> int:
        """Into the vault and the books; how many were good for the line."""
        attempt = self.attempt
        cost = cost_of(self.want, attempt)
        taken = take_codes(want=self.want, attempt=attempt, codes=codes, cost_minor=cost, late=late, now=self.now)
        kept = taken.good + taken.spare
        book_goods(self.want, attempt, self.now, kept=kept > 0)
        if taken.doubles:
            attempt.reason = "doubles"
        elif kept < attempt.quantity:
            attempt.reason = "too_few"
        elif taken.spare and not late:
            attempt.reason = "too_many"
        if not kept:
            trip(why="bad_codes", **self._place())
        return taken.good

    def _with(self, good: int, *, late: bool) -> None:
        attempt, want = self.attempt, self.want
        if late:
            self._end(states.LATE, attempt.reason or "late", 0)
            note_finding(attempt, "late", mark="", amount=attempt.charged, told_by=self.actor, now=self.now)
            return
        if good == 0:
            self._end(states.ATTEMPT_FAILED, "doubles" if attempt.reason == "doubles" else "bad_codes", 0)
        else:
            self._end(states.DELIVERED if good == attempt.quantity else states.PARTIAL, attempt.reason, good)
            if good == attempt.quantity:
                mend(**self._where())
        want.refresh_from_db()
        if want.delivered == want.quantity:
            close_want(want, states.SUPPLIED, reason="", now=self.now)
        else:
            self._look_on()

    def _without(self, state: str, reason: str, word: str) -> None:
        book_nothing(self.want, self.attempt, self.now)
        self.attempt.word = word
        self._end(state, reason, 0)
        if self.want.state != states.OPEN:
            return
        if reason in _HOPELESS:
            self.want.refresh_from_db()
            close_want(self.want, states.FAILED, reason=reason, now=self.now)
        else:
            self._look_on()

    def _look_on(self) -> None:
        """The next supplier, at once."""
        Want.objects.filter(shop_id=self.want.shop_id, id=self.want.id, state=states.OPEN).update(next_at=self.now)

    def _ask_again(self, state: str, reason: str, proof: datetime | None = None) -> None:
        """`proof`: when "not found" will count, which is not slept through: the buyer waits for the next supplier."""
        attempt = self.attempt
        found_by = self.about.found_by
        blind = found_by == "nothing" or (found_by == "ref" and not attempt.ref)
        nothing_to_ask = state == states.UNKNOWN and blind and self.about.repeat != "same"
        at = None if nothing_to_ask else ask_at(state=state, asked=attempt.asked, now=self.now)
        if at is not None and proof is not None and self.now < proof < at:
            at = proof
        before = attempt.state
        if before == states.MANUAL:
            return
        path = [(before, state)] if state != before else []
        if at is None and state != states.SENDING:
            path.append((state, states.MANUAL))
            event = AttemptNeedsPerson(attempt.id, attempt.supplier_id, reason or state)
            publish(
                shop_id=attempt.shop_id, event=event, cause=("supply.attempt", attempt.id), now=self.now
            )  # fmt: skip
        self._write(path, reason, at, asked=attempt.asked + 1)

    def _end(self, state: str, reason: str, good: int) -> None:
        self.attempt.got = good
        self.attempt.ended_at = self.now
        self._write([(self.attempt.state, state)], reason, None, asked=self.attempt.asked)

    def _write(self, path: Sequence[tuple[str, str]], reason: str, at: datetime | None, *, asked: int) -> None:
        attempt = self.attempt
        for before, after in path:
            attempt.state = after
            columns = {
                "state": after, "ref": attempt.ref, "reason": reason[:40], "word": attempt.word[:200],
                "charged": attempt.charged, "not_found_at": attempt.not_found_at, "asked": asked, "next_at": at,
                "answered_at": self.now, "got": attempt.got, "ended_at": attempt.ended_at,
            }  # fmt: skip
            touched = Attempt.objects.filter(shop_id=attempt.shop_id, id=attempt.id, state=before).update(**columns)
            assert touched == 1
        if not path:
            Attempt.objects.filter(shop_id=attempt.shop_id, id=attempt.id, state=attempt.state).update(
                ref=attempt.ref, reason=reason[:40], charged=attempt.charged, not_found_at=attempt.not_found_at,
                asked=asked, next_at=at, answered_at=self.now,
            )  # fmt: skip
            return
        record_history(
            shop_id=attempt.shop_id, machine=states.ATTEMPT, subject_id=attempt.id, moves=path, actor=self.actor,
            cause=(reason or attempt.state)[:64], now=self.now,
        )  # fmt: skip

    def _where(self) -> dict[str, Any]:
        return {
            "shop_id": self.attempt.shop_id, "supplier_id": self.attempt.supplier_id, "item_ref": self.attempt.item_ref,
        }  # fmt: skip

    def _place(self) -> dict[str, Any]:
        return {**self._where(), "now": self.now}
