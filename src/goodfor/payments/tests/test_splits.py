"""Splits from the frozen payment to the returned share, at both channels that have them, and what goes wrong."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.kernel.clock import utc_now
from goodfor.kernel.crypto import keyring
from goodfor.kernel.outcomes import Rejected
from goodfor.payments import split_invariants
from goodfor.payments.errors import (
    NothingToTakeBack,
    PaymentNotFrozen,
    ReceiverInvalid,
    ReceiverNotFound,
    SharesTooLarge,
)
from goodfor.payments.mapping import receiver_value
from goodfor.payments.models import Payment, Refund
from goodfor.payments.operations.bind_receivers import bind_receivers
from goodfor.payments.operations.note_frozen import note_frozen
from goodfor.payments.operations.receivers import add_receiver, remove_receiver, set_share
from goodfor.payments.operations.reseal_account_secrets import reseal_receiver_names
from goodfor.payments.operations.return_again import return_again
from goodfor.payments.operations.settle_refund import settle_refund
from goodfor.payments.operations.share_out import share_out, share_out_due
from goodfor.payments.providers.wechat import keys
from goodfor.payments.refund_keys import next_key
from goodfor.payments.split_models import Pot, Receiver, Split, SplitReturn
from goodfor.payments.tests.split_world import SplitWorld
from goodfor.payments.tests.world import at_once, rows, tamper, violated
from goodfor.sandbox.channels.server import RunningChannels, running_channels

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    keys.forget()
    with running_channels(tmp_path / "channels") as running:
        running.control.limits(wechat_refund_gap=0, wechat_split_wait=0, alipay_refund_gap=0)
        yield running
    keys.forget()


@pytest.fixture(params=["wechat", "alipay"])
def world(request: pytest.FixtureRequest, desk: RunningChannels) -> SplitWorld:
    return SplitWorld.open(desk, request.param)


@pytest.fixture
def wechat(desk: RunningChannels) -> SplitWorld:
    return SplitWorld.open(desk, "wechat")


def even(world: SplitWorld) -> None:
    """Our books are the channel's, to the fen."""
    theirs = world.theirs()
    assert world.ours("pending") + world.ours("frozen") == theirs["balance"] + theirs.get("frozen", 0)
    assert world.ours("frozen") == theirs.get("frozen", 0)
    given = sum(amount for account, amount in theirs.items() if account.startswith("to:"))
    assert world.balance("6601:commission") == given
    assert violated(utc_now()) == {}


def test_shared_out_after_the_hold_and_the_rest_is_free(world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.receiver("person", 555)
    assert set(world.bind().values()) == {"bound"}
    payment = world.paid(9_999)
    assert (world.ours("pending"), world.ours("frozen")) == (0, 9_999)
    assert share_out_due(now=utc_now() + timedelta(hours=23)) == 0
    assert share_out_due(now=utc_now() + timedelta(hours=25)) == 1
    world.work()
    assert world.shares(payment) == [(999, 0, "succeeded"), (554, 0, "succeeded")]
    assert world.splits(payment) == ["succeeded"]
    assert world.pot(payment).state == "released"
    assert (world.ours("pending"), world.ours("frozen")) == (9_999 - 999 - 554, 0)
    even(world)


def test_nobody_has_a_share_and_all_is_free(world: SplitWorld) -> None:
    payment = world.paid(5_000)
    world.work()
    assert (world.shares(payment), world.splits(payment)) == ([], ["succeeded"])
    assert (world.ours("pending"), world.ours("frozen")) == (5_000, 0)
    even(world)


def test_a_refund_before_makes_the_shares_smaller_and_one_after_takes_them_back(world: SplitWorld) -> None:
    world.receiver("merchant", 3000)
    world.bind()
    payment = world.paid(10_000)
    assert world.refund(payment, 4_000).state == "succeeded"
    world.work()
    assert world.shares(payment) == [(1_800, 0, "succeeded")]
    assert world.refund(payment, 1_000).state == "succeeded"
    world.work()
    assert world.shares(payment) == [(1_800, 300, "succeeded")]
    assert world.refund(payment, 5_000).state == "succeeded"
    world.work()
    assert world.shares(payment) == [(1_800, 1_800, "succeeded")]
    assert world.ours("pending") == 0
    even(world)


def test_another_try_of_a_refund_that_was_known_takes_nothing_back(wechat: SplitWorld) -> None:
    """It was under way when the money was shared, failed, and went through under a new number."""
    wechat.receiver("merchant", 3000)
    wechat.bind()
    payment = wechat.paid(10_000)
    wechat.desk.control.fault("refund_processing", channel="wechat", seconds=3600, outcome="success")
    first = wechat.refund(payment, 4_000)
    assert first.state == "requested"
    wechat.work()
    assert wechat.shares(payment) == [(1_800, 0, "succeeded")]
    # WeChat takes one a minute of the same payment.
    Refund.objects.filter(shop_id=wechat.shop, id=first.id).update(accepted_at=utc_now() - timedelta(minutes=5))
    settle_refund(shop_id=wechat.shop, refund_id=first.id, outcome=Rejected("closed", "no"), now=utc_now())
    # Another try carries on the key of the first.
    assert wechat.refund(payment, 4_000, key=next_key(first.business_key)).state == "succeeded"
    wechat.work()
    assert wechat.shares(payment) == [(1_800, 0, "succeeded")]


def test_all_of_it_refunded_leaves_nothing_to_share(world: SplitWorld) -> None:
    world.receiver("merchant", 3000)
    world.bind()
    payment = world.paid(10_000)
    world.refund(payment, 10_000)
    world.work()
    assert (world.splits(payment), world.pot(payment).state) == ([], "released")
    even(world)


def test_a_person_gives_nothing_back_and_that_is_a_case(wechat: SplitWorld) -> None:
    wechat.receiver("person", 1000)
    wechat.bind()
    payment = wechat.paid(10_000)
    wechat.work()
    wechat.refund(payment, 10_000)
    wechat.work()
    assert wechat.shares(payment) == [(1_000, 0, "succeeded")]
    assert wechat.cases() == ["split_not_returned"]
    even(wechat)


def test_what_a_receiver_had_too_little_for_is_asked_for_again_by_hand(wechat: SplitWorld) -> None:
    wechat.receiver("merchant", 1000)
    wechat.bind()
    payment = wechat.paid(10_000)
    wechat.work()
    wechat.desk.control.fault("return_failed", channel=wechat.channel)
    wechat.refund(payment, 5_000)
    wechat.work()
    assert (wechat.shares(payment), wechat.cases()) == ([(1_000, 0, "succeeded")], ["split_not_returned"])
    share_id = rows("SELECT id FROM payments_split_share")[0][0]
    return_again(shop_id=wechat.shop, share_id=share_id, actor="staff:1", now=utc_now())
    wechat.work()
    assert wechat.shares(payment) == [(1_000, 500, "succeeded")]
    with pytest.raises(NothingToTakeBack):
        return_again(shop_id=wechat.shop, share_id=share_id, actor="staff:1", now=utc_now())
    wechat.refund(payment, 5_000)
    wechat.work()
    assert wechat.shares(payment) == [(1_000, 1_000, "succeeded")]
    even(wechat)


@pytest.mark.parametrize("on", ["split", "split_query", "refund"])
def test_lost_answers_are_asked_about_and_nothing_is_done_twice(world: SplitWorld, on: str) -> None:
    world.receiver("merchant", 1000)
    world.bind()
    payments = [world.paid(10_000 + 7 * n) for n in range(4)]
    world.desk.control.fault("lost_answer", channel=world.channel, on=on, times=3)
    world.work(10)
    assert [world.splits(payment) for payment in payments] == [["succeeded"]] * 4
    world.desk.control.fault("lost_answer", channel=world.channel, on=on, times=3)
    for payment in payments:
        world.refund(payment, 5_000)
    world.work(10)
    for payment in payments:
        ((amount, returned, _state),) = world.shares(payment)
        assert returned == amount * 5_000 // payment.captured_minor
    even(world)


def test_a_split_under_way_is_asked_about_until_it_is_over(world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.bind()
    payment = world.paid()
    world.desk.control.fault("split_processing", channel=world.channel, seconds=1)
    world.work(1)
    assert world.splits(payment) == ["requested"]
    assert world.ours("frozen") == 10_000
    # Refunded meanwhile: taken back as soon as the share is there.
    world.refund(payment, 10_000 if world.channel == "alipay" else 2_000)
    for _ in range(20):
        world.work(1)
        if world.splits(payment) == ["succeeded"]:
            break
        time.sleep(0.2)
    world.work()
    assert world.splits(payment) == ["succeeded"]
    assert violated(utc_now()) == {}


def test_a_share_that_fails_comes_to_us_and_is_a_case(world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.bind()
    payment = world.paid()
    world.desk.control.fault("split_failed", channel=world.channel, reason="ACCOUNT_ABNORMAL")
    world.work()
    assert world.shares(payment) == [(1_000, 0, "failed")]
    assert (world.pot(payment).state, world.pot(payment).shared_minor) == ("released", 0)
    assert world.cases() == ["split_share_failed"]
    even(world)


def test_a_refused_split_is_tried_anew_and_in_the_end_a_case(wechat: SplitWorld) -> None:
    wechat.receiver("merchant", 1000)
    wechat.bind()
    payment = wechat.paid()
    wechat.desk.control.limits(wechat_split_wait=9999)
    wechat.work(20)
    assert wechat.splits(payment) == ["failed"] * 4
    assert (wechat.cases(), wechat.pot(payment).due_at) == (["split_refused"], None)
    wechat.desk.control.limits(wechat_split_wait=0)
    share_out(shop_id=wechat.shop, payment_id=payment.id, now=utc_now(), actor="staff:1")
    wechat.work()
    assert wechat.splits(payment) == ["failed"] * 4 + ["succeeded"]
    even(wechat)


def test_after_its_days_the_channel_gives_it_free_by_itself(world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.bind()
    payment = world.paid()
    Pot.objects.filter(shop_id=world.shop).update(due_at=None)
    assert share_out_due(now=utc_now() + timedelta(days=29)) == 0
    assert share_out_due(now=utc_now() + timedelta(days=30, minutes=1)) == 1
    assert (world.pot(payment).state, world.splits(payment)) == ("released", [])
    assert world.ours("frozen") == 0


def test_money_that_bought_nothing_is_not_shared(world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.bind()
    source = uuid4()
    first, second = world.begin(10_000, source), world.begin(9_000, source)
    world.pay(first)
    payment = world.pay(second)
    assert not payment.settles
    world.work()
    assert (world.shares(payment), world.splits(payment)) == ([], ["succeeded"])
    assert len(world.shares(first)) == 1
    even(world)


def test_money_that_comes_when_the_pot_is_over_is_not_frozen(wechat: SplitWorld) -> None:
    payment = wechat.paid(5_000)
    wechat.work()
    with transaction.atomic():
        row = Payment.objects.get(id=payment.id)
        note_frozen(payment=row, amount_minor=700, fact_id=uuid4(), now=utc_now())
    assert (wechat.pot(payment).frozen_minor, wechat.ours("frozen")) == (5_000, 0)
    even(wechat)


def test_eight_at_once_share_out_once(world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.bind()
    payment = world.paid()
    done = at_once(8, lambda _n: share_out(shop_id=world.shop, payment_id=payment.id, now=utc_now()))
    assert [one for one in done if one is not None] == []
    at_once(4, lambda _n: world.work(2))
    world.work()
    assert world.splits(payment) == ["succeeded"]
    with pytest.raises(PaymentNotFrozen):
        share_out(shop_id=world.shop, payment_id=payment.id, now=utc_now())
    even(world)


def test_given_free_by_hand_nobody_has_a_share(world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.bind()
    payment = world.paid()
    share_out(shop_id=world.shop, payment_id=payment.id, now=utc_now(), nobody=True, actor="staff:1")
    world.work()
    assert (world.shares(payment), world.ours("pending")) == ([], 10_000)
    assert rows("SELECT count(*) FROM kernel_audit WHERE action = 'payments.shared_out'") == [(1,)]


def test_receivers_within_the_limit_and_forgotten_when_removed(world: SplitWorld) -> None:
    first = world.receiver("merchant", 2000)
    with pytest.raises(SharesTooLarge):
        world.receiver("person", 1001)
    second = world.receiver("person", 1000)
    with pytest.raises(ReceiverInvalid):
        world.receiver("person", 0)
    with pytest.raises(SharesTooLarge):
        set_share(shop_id=world.shop, receiver_id=second, basis_points=1001, actor="staff:1", now=utc_now())
    set_share(shop_id=world.shop, receiver_id=first, basis_points=1999, actor="staff:1", now=utc_now())
    with pytest.raises(ReceiverNotFound):
        set_share(shop_id=uuid4(), receiver_id=first, basis_points=1, actor="staff:1", now=utc_now())
    world.bind()
    remove_receiver(shop_id=world.shop, receiver_id=first, actor="staff:1", now=utc_now())
    assert world.bind() == {first: "gone", second: "bound"}
    payment = world.paid()
    world.work()
    assert world.shares(payment) == [(1_000, 0, "succeeded")]
    assert world.receiver("merchant", 100) != first


def test_a_name_is_sealed_and_the_channel_must_take_the_receiver(wechat: SplitWorld) -> None:
    with pytest.raises(ReceiverInvalid):
        add_receiver(
            shop_id=wechat.shop, account_id=wechat.account.id, kind="merchant", ref="1900000077", name="", label="x",
            basis_points=1, actor="staff:1", now=utc_now(),
        )  # fmt: skip
    receiver = wechat.receiver("merchant", 500)
    stored = rows("SELECT row_to_json(r)::text FROM payments_receiver r")[0][0]
    told = rows("SELECT data::text FROM kernel_audit WHERE action = 'payments.receiver_added'")[0][0]
    assert "云雀商贸" not in stored + told
    wechat.desk.control.fault("error_burst", channel="wechat", times=1)
    assert wechat.bind() == {receiver: "asked"}
    Receiver.objects.update(next_try_at=utc_now())
    assert wechat.bind() == {receiver: "bound"}
    assert bind_receivers(now=utc_now() + timedelta(days=1)) == 0


def test_names_are_sealed_anew_with_a_new_key(wechat: SplitWorld) -> None:
    receiver = wechat.receiver("merchant", 500)
    old = keyring().active_key_id
    keyring().rotate()
    reseal_receiver_names(now=utc_now())
    row = Receiver.objects.get(id=receiver)
    assert row.secret_key_id not in (None, old)
    assert receiver_value(row).name == "云雀商贸有限公司"
    assert wechat.bind() == {receiver: "bound"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_pot SET shared_minor = 0",
        "UPDATE payments_pot SET frozen_minor = frozen_minor - 1",
        "UPDATE payments_pot SET state = 'frozen', released_at = NULL",
        "UPDATE payments_split SET state = 'requested', finished_at = NULL",
        "UPDATE payments_split SET base_minor = 1",
        "UPDATE payments_split_share SET amount_minor = 1",
        "UPDATE payments_split_share SET returned_minor = 0",
        "UPDATE payments_split_share SET state = 'failed'",
        "UPDATE payments_split_return SET amount_minor = 1",
        "UPDATE payments_split_return SET share_id = gen_random_uuid()",
        "UPDATE payments_receiver SET ref = 'other'",
        "DELETE FROM payments_pot",
        "DELETE FROM payments_split_share",
        "DELETE FROM payments_split_return",
        "DELETE FROM payments_receiver",
        "INSERT INTO payments_split_share (id, shop_id, split_id, payment_id, receiver_id, amount_minor,"
        " returned_minor, asked_minor, currency, state, code, channel_ref) SELECT gen_random_uuid(), shop_id, split_id,"
        " payment_id, gen_random_uuid(), 900000, 0, 0, currency, 'pending', '', '' FROM payments_split_share LIMIT 1",
        "INSERT INTO payments_split (id, shop_id, payment_id, number, state, channel_ref, failure, attempts,"
        " created_at, base_minor, refunds) SELECT gen_random_uuid(), shop_id, payment_id, 'S2', 'created', '', '', 0,"
        " now(), 1, '[]' FROM payments_split LIMIT 1",
    ],
)
def test_the_database_refuses(wechat: SplitWorld, statement: str) -> None:
    returned(wechat)
    with pytest.raises(IntegrityError):
        rows(statement)


def returned(world: SplitWorld) -> UUID:
    """A payment that was shared out and half refunded."""
    world.receiver("merchant", 1000)
    world.bind()
    payment = world.paid()
    world.work()
    world.refund(payment, 5_000)
    world.work()
    assert list(SplitReturn.objects.values_list("state", flat=True)) == ["succeeded"]
    return payment.id


PLANTED = {
    "shares_equal_what_was_reserved": "UPDATE payments_split_share SET returned_minor = 0 WHERE payment_id = %s",
    "ledger_equals_splits": "UPDATE ledger_tx SET kind = 'other' WHERE kind = 'split' AND cause_id = %s",
    "frozen_money_is_in_pots":
        "UPDATE ledger_posting SET amount_minor = amount_minor + sign(amount_minor) WHERE tx_id ="
        " (SELECT id FROM ledger_tx WHERE kind = 'freeze' AND cause_id = %s)",
    "frozen_money_is_shared_out_in_time":
        "UPDATE payments_pot SET state = 'frozen', released_at = NULL, frozen_minor = 0, shared_minor = 0,"
        " cap_minor = 0, release_by = now() - interval '3 days' WHERE payment_id = %s",
    "split_history_leads_to_its_state":
        "DELETE FROM kernel_history WHERE from_state IS NULL AND subject_id ="
        " (SELECT id FROM payments_split WHERE payment_id = %s)",
    "return_history_leads_to_its_state":
        "DELETE FROM kernel_history WHERE from_state IS NULL AND subject_id ="
        " (SELECT id FROM payments_split_return WHERE payment_id = %s)",
}  # fmt: skip
ALSO = {"frozen_money_is_shared_out_in_time": {"shares_equal_what_was_reserved"}}


@pytest.mark.parametrize("name", [invariant.name for invariant in split_invariants.SPLITS])
def test_a_planted_violation_is_found(wechat: SplitWorld, name: str) -> None:
    payment_id = returned(wechat)
    assert violated(utc_now()) == {}
    tamper(PLANTED[name], [payment_id])
    assert set(violated(utc_now())) == {name} | ALSO.get(name, set())


def test_a_process_that_dies_loses_nothing(world: SplitWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each named place once: before the call, after it, and before its end is written."""
    world.receiver("merchant", 1000)
    world.bind()
    payments = [world.paid(10_000 + n) for n in range(3)]
    for place in ("splits.claimed", "splits.called", "splits.settling"):
        died: list[str] = []

        def dies(name: str, place: str = place, died: list[str] = died) -> None:
            if name == place and len(died) < 2:
                died.append(name)
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("goodfor.payments.operations.run_split_errands.reach", dies)
            patch.setattr("goodfor.payments.operations.settle_split.reach", dies)
            for _ in range(2):
                with pytest.raises(KeyboardInterrupt):
                    world.work()
    world.work()
    assert [world.splits(payment) for payment in payments] == [["succeeded"]] * 3
    assert Split.objects.filter(shop_id=world.shop).count() == 3
    even(world)
