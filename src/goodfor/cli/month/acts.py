"""What buyers and the staff do in the month, through the operations that the faces call."""

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from PIL import Image

from goodfor.aftersales import queries as cases
from goodfor.aftersales import states
from goodfor.aftersales.errors import CaseMoved
from goodfor.aftersales.operations.answer import answer
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.operations.object_to import object_to
from goodfor.aftersales.operations.start_recall import start_recall
from goodfor.cli.month import people, single
from goodfor.cli.month.day import Month, later
from goodfor.cli.month.hands import Hands
from goodfor.cli.month.people import Plan
from goodfor.cli.month.world import World, learn
from goodfor.cli.soak.sql import rows
from goodfor.kernel.tenancy import platform_job
from goodfor.orders.deciding import decided_by
from goodfor.orders.errors import RefundAboveDailyLimit

HONEST: Final = "honest"
DISHONEST: Final = "dishonest"
#: Of somebody who was out to cheat, and got a code that really is bad.
RIGHT: Final = "right_though_a_cheat"
STAFF: Final = "staff:month"
_PULLED: Final = """
SELECT batch_id FROM aftersales_batch_watch w WHERE shop_id = %s AND pulled_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM aftersales_recall r WHERE r.shop_id = w.shop_id AND r.batch_id = w.batch_id)
"""
#: Of what lies with a person, so much is left lying: then the promise of the deadline has to pay.
FORGOTTEN: Final = 0.1


@dataclass
class Told:
    """What became known of a claim: whose it is, and why it was made."""

    case_id: UUID
    order_id: UUID
    kind: str
    truth: str
    unseen: bool
    #: Of the batch that is bad as a whole.
    bad: bool


@dataclass
class People:
    """All that is done; `claims` by case."""

    world: World
    month: Month
    hands: Hands
    claims: dict[UUID, Told] = field(default_factory=dict)
    #: Orders whose code is of the bad batch, as far as their buyers looked.
    of_bad: set[UUID] = field(default_factory=set)
    bought: int = 0
    out_of_stock: int = 0

    def buy(self, plan: Plan, at: datetime) -> None:
        """And what follows from it."""
        world, buyer, rng = self.world, self.world.buyers[plan.buyer], self.world.rng
        made = self.hands(single.buy, at, world.shop_id, buyer.client_id, buyer.wallet, world.skus[plan.sku])
        if made is None:
            with world.lock:
                self.out_of_stock += 1
            return
        order_id, line_id = made
        with world.lock:
            self.bought += 1
            look, mind = at + people.look_after(rng), at + people.WINDOW + people.complain_after(rng)
        if plan.mind == "unseen":
            self.month.plan(mind, "claim", later(self.claim, plan, order_id, line_id, "changed_mind", HONEST, "", True))
        elif plan.looks:
            self.month.plan(look, "look", later(self.look, plan, order_id, line_id))

    def look(self, plan: Plan, order_id: UUID, line_id: UUID, at: datetime) -> None:
        """Look at the code, and do with it what one does."""
        world, rng = self.world, self.world.rng
        secret = self.hands(
            single.look, at, world.shop_id, world.buyers[plan.buyer].client_id, order_id, line_id
        )  # fmt: skip
        if secret is None:
            return
        with world.lock:
            if secret not in world.truth:
                learn(world, at)
            truth = world.truth[secret]
            if secret in world.bad:
                self.of_bad.add(order_id)
            use, say = people.use_after(rng), people.complain_after(rng)
        if truth != people.GOOD:
            reason = "invalid" if truth == people.INVALID else "used"
            kind = RIGHT if plan.dishonest else HONEST
            self._say(at + use + say, plan, order_id, line_id, reason, kind, truth)
        elif plan.dishonest:
            self.month.plan(at + use, "use", later(self.use, secret))
            with world.lock:
                reason = "invalid" if rng.random() < 0.6 else "used"
            self._say(at + use + say, plan, order_id, line_id, reason, DISHONEST, truth)
        elif plan.mind == "seen":
            self._say(at + use + say, plan, order_id, line_id, "changed_mind", HONEST, "")
        # Whoever has nothing to say about a code uses it, and nobody ever asks its supplier.

    def _say(
        self, at: datetime, plan: Plan, order_id: UUID, line_id: UUID, reason: str, kind: str, truth: str
    ) -> None:  # fmt: skip
        self.month.plan(at, "claim", later(self.claim, plan, order_id, line_id, reason, kind, truth, False))

    def use(self, secret: str, at: datetime) -> None:
        """The code is used, at the supplier's."""
        site, ref = self.world.origin[secret]
        site.use(ref, "used", at=at.timestamp())

    def claim(
        self, plan: Plan, order_id: UUID, line_id: UUID, reason: str, kind: str, truth: str, unseen: bool, at: datetime
    ) -> None:  # fmt: skip
        """One tap."""
        world = self.world
        case_id = self.hands(
            single.claim, at, world.shop_id, world.buyers[plan.buyer].client_id, order_id, line_id, reason
        )  # fmt: skip
        if case_id is None:
            return
        with world.lock:
            self.claims[case_id] = Told(case_id, order_id, kind, truth, unseen, order_id in self.of_bad)
            patience = timedelta(hours=world.rng.uniform(0.2, 30))
        self.month.plan(at + patience, "ask", later(self.ask, case_id))

    def ask(self, case_id: UUID, at: datetime) -> None:
        """Some time later: what lies with a person is decided, who was asked answers, who was refused and is honest
        objects."""
        world, told = self.world, self.claims[case_id]
        case = cases.case(world.shop_id, case_id)
        with world.lock:
            dice = world.rng.random()
        if case.state == states.PERSON:
            if dice < FORGOTTEN:
                self.month.plan(at + timedelta(hours=30), "ask", later(self.ask, case_id))
                return
            self._decide(case_id, at)
        elif case.state in (states.CHECKING, states.CARRYING):
            self.month.plan(at + timedelta(hours=4), "ask", later(self.ask, case_id))
        elif case.state == states.ASKING and dice < (people.ANSWERS if told.kind != DISHONEST else people.FORGES):
            answer(shop_id=world.shop_id, case_id=case_id, text="", pictures=[_picture()], actor="buyer", now=at)
            self.month.plan(at + timedelta(hours=2), "ask", later(self.ask, case_id))
        elif case.claim_state == "rejected" and told.kind != DISHONEST and told.truth and dice < people.OBJECTS:
            try:
                object_to(shop_id=world.shop_id, case_id=case_id, text="真的不能用", actor="buyer", now=at)
            except CaseMoved:
                return
            self.month.plan(at + timedelta(hours=2), "ask", later(self.ask, case_id))

    def recall(self, at: datetime) -> bool:
        """Whoever is on duty calls a batch back as soon as it was pulled, with their one click."""
        shop_id = self.world.shop_id
        with platform_job("month"):
            found = rows(_PULLED, shop_id)
        for (batch_id,) in found:
            start_recall(shop_id=shop_id, batch_id=batch_id, actor=STAFF, now=at)
        return bool(found)

    def _decide(self, case_id: UUID, at: datetime) -> None:
        """A person goes by what the desk shows: history, batch, the supplier's word; they do not know the truth."""
        known = {one.kind: one.value for one in cases.findings(self.world.shop_id, case_id)}
        buyer, supplier = known.get("buyer", {}), known.get("supplier", {})
        refused, bought = int(buyer.get("refused", 0)), int(buyer.get("orders", 0))
        # Twice in forty orders is no habit.
        doubtful = (refused >= 2 and refused * 5 >= bought) or supplier.get("said") in ("used_after",)
        action = states.REJECT if doubtful else states.REFUND
        try:
            decide_case(
                shop_id=self.world.shop_id, case_id=case_id, action=action, actor=STAFF,
                by=decided_by(STAFF, by_staff=True, proven=True), now=at,
            )  # fmt: skip
        except CaseMoved:
            return
        except RefundAboveDailyLimit:
            # They gave back as much as they may in a day: on with it tomorrow; the clocks do not wait for them.
            self.month.plan(at + timedelta(hours=12), "ask", later(self.ask, case_id))


def _picture() -> bytes:
    """A screenshot, as far as anybody can tell."""
    out = io.BytesIO()
    Image.new("RGB", (240, 320), (244, 244, 240)).save(out, "PNG")
    return out.getvalue()
