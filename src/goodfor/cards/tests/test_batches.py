"""Programs, batches, making good, exporting, extending and revoking."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from goodfor.cards import queries, states
from goodfor.cards.errors import (
    CardNotFound,
    CardRefused,
    CodesGone,
    InvalidBatch,
    InvalidProgram,
    ProgramNotFound,
    SecondPersonNeeded,
    TermsKept,
    WalkGone,
)
from goodfor.cards.operations import make_batch as making
from goodfor.cards.operations import walk as walking
from goodfor.cards.operations.expire_cards import expire_cards
from goodfor.cards.operations.export_codes import allow_export, ask_export, export_codes
from goodfor.cards.operations.extend_card import extend_card
from goodfor.cards.operations.set_program import change_program, close_program, make_program
from goodfor.cards.operations.walk import activate_cards, allow_revoke, ask_revoke, drop_revoke
from goodfor.cards.tests.conftest import SKIN, World
from goodfor.cards.types import BatchWish, ProgramWish
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_shop, make_staff
from goodfor.identity.types import Role
from goodfor.kernel.errors import DomainError, Forbidden
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.orders.types import BANK

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_from_its_making_to_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunk by chunk, each killed once and tried again; money for each card once."""
    monkeypatch.setattr(making, "CHUNK", 3)
    monkeypatch.setattr(walking, "CHUNK", 3)
    killed_at: set[str] = set()
    batch = world.batch(world.program(), 7, price=1000)
    assert (batch.state, batch.made, batch.first_serial, batch.last_serial) == (states.READY, 7, 1, 7)
    codes = world.codes(batch)
    assert len(set(codes)) == 7
    with pytest.raises(CardRefused):
        queries.card_by_code(world.shop_id, codes[0], world.now)

    post = walking.ledger.post

    def killed(**what: Any) -> object:
        reference = what["entries"][0].reference
        done = post(**what)
        if reference not in killed_at:
            killed_at.add(reference)
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(walking.ledger, "post", killed)
    activate_cards(shop_id=world.shop_id, batch_id=batch.id, actor=world.one, now=world.now)
    for _ in range(6):
        try:
            walking.walk_on(now=world.now)
        except KeyboardInterrupt:
            continue
    assert len(killed_at) == 3
    monkeypatch.setattr(walking.ledger, "post", post)
    [walk] = queries.walks(world.shop_id, batch.id)
    assert (walk.state, walk.done, walk.moved) == (states.DONE, 7, 7)
    assert queries.counts(world.shop_id, batch)[states.ACTIVE] == 7
    assert (world.owed(batch), world.booked(BANK) >= 7000) == (7000, True)
    found = queries.card_by_code(world.shop_id, codes[0], world.now)
    assert (found.serial, found.left, found.program.skin) == (1, None, SKIN)
    # Once more: nothing is sold twice.
    world.activate(batch)
    assert world.owed(batch) == 7000
    # The next batch goes on with the numbers.
    assert world.batch(batch.program_id, 2).first_serial == 8
    assert world.faults() == {}


def test_a_kill_while_cards_are_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "CHUNK", 4)
    save = making.Batch.save

    def killed(self: Any, **what: Any) -> None:
        save(self, **what)
        if self.made == 8:
            monkeypatch.setattr(making.Batch, "save", save)
            raise KeyboardInterrupt

    wish = BatchWish(world.program(), "批", 10, 0, states.BY_BATCH)
    made = making.make_batch(shop_id=world.shop_id, wish=wish, actor=world.one, now=world.now)
    monkeypatch.setattr(making.Batch, "save", killed)
    assert making.write_cards(now=world.now) == 4
    with pytest.raises(KeyboardInterrupt):
        making.write_cards(now=world.now)
    assert queries.batch(world.shop_id, made.id).made == 4
    with pytest.raises(InvalidBatch):
        activate_cards(shop_id=world.shop_id, batch_id=made.id, actor=world.one, now=world.now)
    while making.write_cards(now=world.now):
        pass
    assert queries.batch(world.shop_id, made.id).state == states.READY
    assert world.faults() == {}


def test_cards_become_good_with_their_sale(world: World) -> None:
    batch = world.batch(world.program(states.VALUE, 10_000), 5, price=9000, activation=states.ON_SALE, valid_days=30)
    codes = world.codes(batch)
    world.activate(batch, 2, 3)
    assert [world.card(batch, place).state for place in range(5)] == ["made", "active", "active", "made", "made"]
    assert world.owed(batch) == 18_000
    for first, last in ((4, 99), (3, 2), (0, 1)):
        with pytest.raises(InvalidBatch):
            world.activate(batch, first, last)
    whole = world.batch(batch.program_id, 2)
    with pytest.raises(InvalidBatch):
        world.activate(whole, whole.first_serial, whole.first_serial)
    # Its time is over: what is on it stays owed, and it is made longer.
    world.wait(31)
    with pytest.raises(CardRefused):
        queries.card_by_code(world.shop_id, codes[1], world.now)
    assert (expire_cards(now=world.now), expire_cards(now=world.now)) == (2, 0)
    assert (world.card(batch, 1).state, world.owed(batch)) == (states.EXPIRED, 18_000)
    world.wait(1)
    asked: dict[str, Any] = {"shop_id": world.shop_id, "actor": world.one, "now": world.now, "reason": "买家来电"}
    with pytest.raises(InvalidBatch):
        extend_card(serial=2, until=world.now, **asked)
    with pytest.raises(InvalidBatch):
        extend_card(serial=2, until=world.now + timedelta(days=9), **{**asked, "reason": " "})
    for serial in (1, 99):
        with pytest.raises(CardNotFound):
            extend_card(serial=serial, until=world.now + timedelta(days=9), **asked)
    extend_card(serial=2, until=world.now + timedelta(days=9), **asked)
    found = queries.card_by_code(world.shop_id, codes[1], world.now)
    assert found.left is not None
    assert found.left.amount_minor == 10_000
    assert [step.to_state for step in world.card(batch, 1).steps] == ["active", "expired", "active"]
    assert world.faults() == {}


def test_codes_leave_once_by_two_people(world: World) -> None:
    batch = world.batch(world.program(), 2)
    asked: dict[str, Any] = {"shop_id": world.shop_id, "batch_id": batch.id, "now": world.now}
    with pytest.raises(CodesGone):
        allow_export(**asked, actor=world.two)
    assert not ask_export(**asked, actor=world.one)
    assert queries.waiting(world.shop_id) == 1
    with pytest.raises(SecondPersonNeeded):
        allow_export(**asked, actor=world.one)
    for actor in (world.one, world.two):
        with pytest.raises(CodesGone):
            export_codes(**asked, actor=actor)
    allow_export(**asked, actor=world.two)
    with pytest.raises(CodesGone):
        export_codes(**asked, actor=world.two)
    rows = list(export_codes(**asked, actor=world.one))
    assert [serial for serial, _code in rows] == [1, 2]
    with pytest.raises(CodesGone):
        export_codes(**asked, actor=world.one)


def test_a_batch_is_revoked_by_two_people(world: World) -> None:
    batch = world.good(size=4, price=1000)
    taken = world.fetch(world.card(batch).id)
    asked: dict[str, Any] = {"shop_id": world.shop_id, "actor": world.one, "now": world.now}
    with pytest.raises(InvalidBatch):
        ask_revoke(batch_id=batch.id, reason=" ", kept=False, **asked)
    walk = ask_revoke(batch_id=batch.id, reason="印刷厂泄密", kept=False, **asked)
    assert (walk.state, queries.waiting(world.shop_id)) == (states.ASKED, 1)
    with pytest.raises(WalkGone):
        ask_revoke(batch_id=batch.id, reason="再一次", kept=False, **asked)
    with pytest.raises(SecondPersonNeeded):
        allow_revoke(walk_id=walk.id, **asked)
    drop_revoke(walk_id=walk.id, **asked)
    with pytest.raises(WalkGone):
        allow_revoke(walk_id=walk.id, **{**asked, "actor": world.two})
    bank = world.booked(BANK)
    # One card is one person's word; what was paid for it is kept.
    ask_revoke(batch_id=batch.id, reason="丢失", kept=True, first=2, last=2, **asked)
    assert (world.card(batch, 1).state, world.owed(batch), world.booked("5001:card")) == ("revoked", 2000, 1000)
    walk = ask_revoke(batch_id=batch.id, reason="印刷厂泄密", kept=False, **asked)
    allow_revoke(walk_id=walk.id, **{**asked, "actor": world.two})
    world.walk()
    assert [world.card(batch, place).state for place in range(4)] == ["used", "revoked", "revoked", "revoked"]
    assert (world.owed(batch), bank - world.booked(BANK)) == (0, 2000)
    assert queries.walks(world.shop_id, batch.id)[0].moved == 2
    with pytest.raises(CardRefused):
        world.fetch(world.card(batch, 2).id)
    # What a used one had taken comes back, and it is good again: only what was not used was revoked.
    world.refunds(taken)
    assert world.card(batch).state == states.ACTIVE
    assert world.faults() == {}


def test_terms_are_kept_once_cards_are_out(world: World) -> None:
    program_id = world.program(states.VALUE, 5000)
    wish = ProgramWish("新名", states.VALUE, SKIN, value_minor=6000)
    asked: dict[str, Any] = {"shop_id": world.shop_id, "program_id": program_id, "actor": world.one, "now": world.now}
    change_program(wish=wish, **asked)
    world.batch(program_id)
    with pytest.raises(TermsKept):
        change_program(wish=replace(wish, value_minor=7000), **asked)
    for statement in (
        "UPDATE cards_program SET value_minor = 7000 WHERE shop_id = %s",
        "UPDATE cards_batch SET price_minor = 1 WHERE shop_id = %s",
        "UPDATE cards_card SET price_minor = 1 WHERE shop_id = %s",
        "UPDATE cards_card SET state = 'used' WHERE shop_id = %s",
        "DELETE FROM cards_card WHERE shop_id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [world.shop_id])
    looks = change_program(wish=replace(wish, skin=replace(SKIN, brand="乙品牌")), **asked)
    assert (looks.skin.brand, looks.value.amount_minor, looks.state) == ("乙品牌", 6000, states.ISSUED)
    close_program(**asked)
    with pytest.raises(IllegalTransition):
        close_program(**asked)
    with pytest.raises(ProgramNotFound):
        world.batch(program_id)
    assert world.faults() == {}


def test_what_is_not_made(world: World) -> None:
    sku = world.shop.sku_id
    for field, wish in (
        ("name", ProgramWish(" ", states.VALUE, SKIN, value_minor=1)),
        ("brand", ProgramWish("a", states.VALUE, replace(SKIN, brand=""), value_minor=1)),
        ("ink", ProgramWish("a", states.VALUE, replace(SKIN, ink=SKIN.paper), value_minor=1)),
        ("value", ProgramWish("a", states.VALUE, SKIN)),
        ("value", ProgramWish("a", states.VALUE, SKIN, (sku,), 1)),
        ("face", ProgramWish("a", "else", SKIN)),
        ("skus", ProgramWish("a", states.PRODUCT, SKIN)),
        ("skus", ProgramWish("a", states.CHOICE, SKIN, (sku,))),
        ("skus", ProgramWish("a", states.CHOICE, SKIN, (sku, sku))),
        ("skus", ProgramWish("a", states.PRODUCT, SKIN, (uuid4(),))),
    ):
        with pytest.raises(InvalidProgram) as refused:
            make_program(shop_id=world.shop_id, wish=wish, actor=world.one, now=world.now)
        assert refused.value.data["field"] == field
    program_id = world.program()
    for field, over in (
        ("name", {"name": ""}), ("size", {"size": 0}), ("size", {"size": 5_000_001}), ("price", {"price_minor": -1}),
        ("activation", {"activation": "x"}), ("valid_until", {"valid_until": world.now}),
        ("valid_days", {"valid_days": 0}),
    ):  # fmt: skip
        batch = replace(BatchWish(program_id, "批", 1, 1, states.BY_BATCH), **over)  # type: ignore[arg-type]
        with pytest.raises(InvalidBatch) as bad:
            making.make_batch(shop_id=world.shop_id, wish=batch, actor=world.one, now=world.now)
        assert bad.value.data["field"] == field


def test_other_people_and_other_shops(world: World) -> None:
    """Whoever may not set cards, or is of another shop, changes nothing; a code of one shop is none in another."""
    batch = world.good()
    codes = world.codes(batch)
    other = make_shop(world.now)
    stranger = make_staff(other, world.now).actor
    viewer = make_staff(identity.shop_by_id(world.shop_id), world.now, Role.SUPPORT).actor
    until, reason = world.now + timedelta(days=9), "x"
    for actor in (stranger, viewer):
        asked: dict[str, Any] = {"shop_id": world.shop_id, "actor": actor, "now": world.now}
        for act, more in (
            (activate_cards, {"batch_id": batch.id}), (ask_export, {"batch_id": batch.id}),
            (ask_revoke, {"batch_id": batch.id, "reason": reason, "kept": False}),
            (extend_card, {"serial": 1, "until": until, "reason": reason}),
            (close_program, {"program_id": batch.program_id}),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                act(**asked, **more)  # type: ignore[operator]
    theirs: dict[str, Any] = {"shop_id": other.id, "actor": stranger, "now": world.now}
    for act, more in (
        (activate_cards, {"batch_id": batch.id}), (ask_export, {"batch_id": batch.id}),
        (extend_card, {"serial": 1, "until": until, "reason": reason}),
        (close_program, {"program_id": batch.program_id}),
    ):  # fmt: skip
        with pytest.raises(DomainError) as missing:
            act(**theirs, **more)  # type: ignore[operator]
        assert missing.value.http_status == 404
    with pytest.raises(CardRefused):
        queries.card_by_code(other.id, codes[0], world.now)
    with pytest.raises(CardRefused):
        queries.card_by_id(other.id, world.card(batch).id, world.now)
    assert queries.programs(other.id) == []
