"""Charging by stored consent: nobody twice, above or after what he signed, whatever is lost, killed or repeated."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction

from goodfor.kernel.outcomes import Pending, Rejected, Succeeded, Unknown
from goodfor.payments import queries
from goodfor.payments.errors import (
    AlreadyPaid,
    ChannelUnavailable,
    ChargeKeyReused,
    ChargeUnderWay,
    MandateKeyReused,
    MandateNotFound,
    MandateNotOpen,
    MandatesNotOffered,
)
from goodfor.payments.models import Inbox, Payment
from goodfor.payments.operations import charge_mandate as charging
from goodfor.payments.operations import go_on_charging as stepping
from goodfor.payments.operations.ask_mandate import ask_mandate
from goodfor.payments.operations.begin_payment import PayerRequest, begin_payment
from goodfor.payments.operations.charge_mandate import charge_mandate
from goodfor.payments.operations.close_payment import close_payment
from goodfor.payments.operations.end_attempts import end_attempts
from goodfor.payments.operations.end_mandate import end_mandate
from goodfor.payments.tests.mandate_world import CHANNELS, MandateWorld, mandate_world
from goodfor.payments.tests.world import at_once, rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=CHANNELS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MandateWorld]:
    with mandate_world(tmp_path / "books", request.param) as made:
        yield made


@pytest.fixture
def wechat(tmp_path: Path) -> Iterator[MandateWorld]:
    with mandate_world(tmp_path / "books", "wechat") as made:
        yield made


@pytest.fixture
def alipay(tmp_path: Path) -> Iterator[MandateWorld]:
    with mandate_world(tmp_path / "books", "alipay") as made:
        yield made


@pytest.fixture
def stripe(tmp_path: Path) -> Iterator[MandateWorld]:
    with mandate_world(tmp_path / "books", "stripe") as made:
        yield made


def test_signed_once_charged_once(world: MandateWorld) -> None:
    started = world.start("sign:1")
    assert world.start("sign:1").mandate.id == started.mandate.id
    with pytest.raises(MandateKeyReused):
        world.start("sign:1", most=1)
    world.fault("duplicate_notify", times=1)
    world.desk.control.sign_up(world.channel, started.mandate.number)
    assert world.hear() == ["ok", "ok"]
    # Its word moves nothing: the channel is asked.
    assert queries.mandate(world.shop, started.mandate.id).state == "started"
    world.work(1)
    mandate = queries.mandate(world.shop, started.mandate.id)
    assert (mandate.state, mandate.ref) == ("active", world.agreement(mandate)["ref"])
    assert [event["holder"] for event in world.events("payments.mandate_active")] == ["member:7"]
    with pytest.raises(MandateNotOpen):
        world.start("sign:1")

    source = uuid4()
    first = world.charge(mandate, source, key="renew:1")
    assert isinstance(first, Pending if world.channel == "wechat" else Succeeded)
    with pytest.raises(ChargeUnderWay):
        world.charge(mandate, source, key="renew:2")
    with pytest.raises(ChargeKeyReused):
        world.charge(mandate, source, minor=999, key="renew:1")
    world.settle()
    world.hear()
    assert isinstance(world.charge(mandate, source, key="renew:1"), Succeeded)
    with pytest.raises(AlreadyPaid):
        world.charge(mandate, source, key="renew:3")
    assert world.states(source) == [("succeeded", "succeeded")]
    assert world.theirs() == world.ours() != []
    paid = queries.settling_of(world.shop, "order", source)
    assert paid is not None
    assert (paid.method, paid.captured_minor) == ("mandate", 1000)
    assert queries.open_cases(world.shop) == []
    assert world.events("payments.charge_refused") == []


def test_what_got_lost_is_asked_about(world: MandateWorld) -> None:
    mandate = world.active()
    # An intent of Stripe's is made and confirmed in one.
    endpoints = {"wechat": ("announce", "charge"), "alipay": ("charge",), "stripe": ("create",)}[world.channel]
    faults: list[tuple[str, dict[str, object]]] = [
        ("lost_answer", {}),
        ("error_burst", {"status": 500, "work": "before"}),
        ("error_burst", {"status": 500, "work": "after"}),
    ]
    if world.channel != "stripe":
        faults.append(("bad_signature_reply", {}))
    for count, (kind, settings) in enumerate(faults, 1):
        source = uuid4()
        for endpoint in endpoints:
            world.fault(kind, on=endpoint, times=1, **settings)
        assert isinstance(world.charge(mandate, source), Unknown)
        world.settle()
        world.hear()
        assert world.states(source) == [("succeeded", "succeeded")], kind
        assert world.theirs() == world.ours()
        assert len(world.ours()) == count
    assert {fault["hits"] for fault in world.desk.control.faults()} == {1}


def test_killed_at_any_point_charges_once(world: MandateWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    mandate = world.active()
    for count, point in enumerate(("charges.inserted", "charges.claimed", "charges.called"), 1):
        source = uuid4()

        def die(name: str, point: str = point) -> None:
            if name == point:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(charging, "reach", die)
            patch.setattr(stepping, "reach", die)
            if world.channel == "wechat" and point == "charges.called":
                # The announcement does not pass there: die at the charge itself.
                assert isinstance(world.charge(mandate, source), Pending)
                world.to_the_window()
            with pytest.raises(KeyboardInterrupt):
                world.charge(mandate, source)
        # Committed before anybody was called.
        assert len(world.states(source)) == 1
        world.pass_time(61)
        world.settle()
        assert isinstance(world.charge(mandate, source), Succeeded)
        assert world.states(source) == [("succeeded", "succeeded")], point
        assert world.theirs() == world.ours()
        assert len(world.ours()) == count


def test_refused_says_why_and_leaves_room_for_another_try(world: MandateWorld) -> None:
    mandate = world.active()
    for count, reason in enumerate(("no_funds", "needs_buyer", "limit", "other", "agreement_ended"), 1):
        source, code = uuid4(), "mandate_ended" if reason == "agreement_ended" else reason
        world.fault("charge_refused", reason=reason, times=1)
        world.charge(mandate, source, key=f"{reason}:1")
        world.settle()
        assert world.states(source) == [("refused", "failed")]
        assert world.charge(mandate, source, key=f"{reason}:1") == Rejected(code)
        told = world.events("payments.charge_refused")
        assert len(told) == count
        assert (told[-1]["code"], told[-1]["business_key"], told[-1]["amount_minor"]) == (code, f"{reason}:1", 1000)
        # Asked about, and still signed there.
        assert queries.mandate(world.shop, mandate.id).state == "active"
        world.charge(mandate, source, key=f"{reason}:2")
        world.settle()
        world.hear()
        assert world.states(source) == [("refused", "failed"), ("succeeded", "succeeded")]
        assert world.theirs() == world.ours()
        assert len(world.ours()) == count


def test_ended_by_its_holder_is_ended_everywhere(world: MandateWorld) -> None:
    mandate = world.active()
    world.fault("lost_answer", on="agreement_end", times=1)
    ended = end_mandate(shop_id=world.shop, mandate_id=mandate.id, by="holder", now=world.now)
    assert (ended.state, ended.ended_by) == ("ended", "holder")
    assert world.charge(mandate, uuid4()) == Rejected("mandate_ended")
    assert rows("SELECT count(*) FROM payments_payment WHERE shop_id = %s", [world.shop]) == [(0,)]
    world.work(3)
    world.hear()
    assert world.agreement(mandate)["state"] == "ended"
    assert world.row(mandate).next_ask_at is None
    assert end_mandate(shop_id=world.shop, mandate_id=mandate.id, by="staff:1", now=world.now).ended_by == "holder"
    (told,) = world.events("payments.mandate_ended")
    assert (told["holder"], told["by"]) == ("member:7", "holder")


def test_ended_at_the_channel_is_heard_or_found_out(world: MandateWorld) -> None:
    mandate, source = world.active(), uuid4()
    world.desk.control.unsign(world.channel, mandate.number)
    if world.channel == "stripe":
        # Nobody tells: the next charge finds out.
        assert world.charge(mandate, source) == Rejected("mandate_ended")
    else:
        assert world.hear() == ["ok"]
    world.work(2)
    found = queries.mandate(world.shop, mandate.id)
    assert (found.state, found.ended_by) == ("ended", "channel")
    assert world.charge(mandate, source, key="later") == Rejected("mandate_ended")
    assert world.theirs() == []


def test_above_the_most_and_of_another_shop_change_nothing(world: MandateWorld) -> None:
    mandate = world.active(most=1000)
    before = rows("SELECT count(*) FROM payments_payment")
    assert world.charge(mandate, uuid4(), minor=1001) == Rejected("limit")
    for shop, wrong in ((uuid4(), mandate.id), (world.shop, uuid4())):
        with pytest.raises(MandateNotFound):
            charge_mandate(
                shop_id=shop, mandate_id=wrong, source_type="order", source_id=uuid4(), amount=world.money(1),
                business_key="x", now=world.now,
            )  # fmt: skip
        with pytest.raises(MandateNotFound):
            end_mandate(shop_id=shop, mandate_id=wrong, by="holder", now=world.now)
        with pytest.raises(MandateNotFound):
            ask_mandate(shop_id=shop, mandate_id=wrong, now=world.now)
    assert rows("SELECT count(*) FROM payments_payment") == before
    assert queries.mandates_of(uuid4(), "member:7") == []
    assert [one.id for one in queries.mandates_of(world.shop, "member:7")] == [mandate.id]
    assert queries.mandate(world.shop, mandate.id).chargeable


def test_forged_notice_proves_nothing_and_a_lost_one_is_not_missed(world: MandateWorld) -> None:
    started = world.start()
    world.fault("bad_signature_notify", instead=1, times=1)
    world.desk.control.sign_up(world.channel, started.mandate.number)
    (heard,) = world.hear()
    assert heard == "bad_signature"
    assert list(Inbox.objects.filter(shop_id=world.shop).values_list("verified", flat=True)) == [False]
    # Nobody told: it is asked about by itself.
    world.work(2)
    assert queries.mandate(world.shop, started.mandate.id).state == "active"


def test_signed_after_it_was_given_up_is_ended_there(world: MandateWorld) -> None:
    started = world.start()
    gone = end_mandate(shop_id=world.shop, mandate_id=started.mandate.id, by="holder", now=world.now)
    assert (gone.state, gone.failure) == ("failed", "withdrawn")
    world.desk.control.sign_up(world.channel, started.mandate.number)
    assert world.hear() == ["ok"]
    world.work(2)
    assert world.agreement(started.mandate)["state"] == "ended"
    assert world.charge(started.mandate, uuid4()) == Rejected("mandate_ended")
    assert world.events("payments.mandate_active") == []


def test_never_signed_is_not_waited_for(world: MandateWorld) -> None:
    started = world.start()
    world.work(2)
    assert queries.mandate(world.shop, started.mandate.id).state == "started"
    world.pass_time(86_400)
    world.work(2, step=86_400)
    found = queries.mandate(world.shop, started.mandate.id)
    assert (found.state, found.failure) == ("failed", "not_signed")
    assert world.row(found).next_ask_at is None


def test_many_at_once_charge_a_source_once(world: MandateWorld) -> None:
    mandate, other, source = world.active(), world.active(), uuid4()
    world.desk.control.limits(charge_wait=0)

    def charge(number: int) -> object:
        return world.charge(other if number % 2 else mandate, source, key=f"same:{number // 2 % 2}:{number % 2}")

    outcomes = at_once(6, charge)
    assert all(isinstance(one, Pending | Succeeded | ChargeUnderWay | AlreadyPaid) for one in outcomes), outcomes
    assert sum(isinstance(one, ChargeUnderWay) for one in outcomes) >= 3
    world.settle()
    world.hear()
    assert world.states(source) == [("succeeded", "succeeded")]
    assert world.theirs() == world.ours()


def test_keys_that_change_meanwhile_lose_nothing(world: MandateWorld) -> None:
    mandate, source = world.active(), uuid4()
    world.fault("lost_answer", on="create" if world.channel == "stripe" else "charge", times=1)
    world.charge(mandate, source)
    world.to_the_window()
    if world.channel == "wechat":
        world.work(1)
    started = world.start()
    world.pass_time(1)
    world.change_keys()
    world.desk.control.sign_up(world.channel, started.mandate.number)
    world.hear()
    world.settle()
    assert queries.mandate(world.shop, started.mandate.id).state == "active"
    world.charge(mandate, second := uuid4())
    world.settle()
    for one in (source, second):
        assert world.states(one) == [("succeeded", "succeeded")]
    assert len(set(Payment.objects.filter(shop_id=world.shop).values_list("account_id", flat=True))) == 2
    assert world.theirs() == world.ours()
    assert queries.open_cases(world.shop) == []


def test_slow_charge_ends_by_its_notice_or_by_asking(world: MandateWorld) -> None:
    mandate, source = world.active(), uuid4()
    world.fault("charge_slow", seconds=120, times=1)
    first = world.charge(mandate, source)
    assert isinstance(first, Unknown if world.channel == "alipay" else Pending)
    if world.channel == "wechat":
        world.to_the_window()
        assert isinstance(world.charge(mandate, source), Pending)
    world.work(2, step=20)
    assert world.theirs() == []
    world.pass_time(121)
    world.wait_paid()
    world.settle()
    world.hear()
    assert world.states(source) == [("succeeded", "succeeded")]
    assert world.theirs() == world.ours()


def test_money_of_a_refused_charge_comes_late(alipay: MandateWorld) -> None:
    mandate, source = alipay.active(), uuid4()
    alipay.fault("charge_refused", reason="no_funds", times=1)
    assert alipay.charge(mandate, source, key="try:1") == Rejected("no_funds")
    refused = Payment.objects.get(shop_id=alipay.shop)
    alipay.desk.control.buy("alipay", refused.number, force=True)
    assert isinstance(alipay.charge(mandate, source, key="try:2"), Succeeded)
    alipay.listen()
    alipay.hear()
    # The second paid its source; the first is one too many, and a case for whoever gives it back.
    assert alipay.states(source) == [("late", "succeeded"), ("succeeded", "succeeded")]
    assert [case.kind for case in queries.open_cases(alipay.shop)] == ["duplicate"]


def test_wechat_charges_in_the_window_that_was_announced(wechat: MandateWorld) -> None:
    mandate, source = wechat.active(), uuid4()
    outcome = wechat.charge(mandate, source)
    view = queries.charge_by_key(wechat.shop, f"charge:{source}")
    assert isinstance(outcome, Pending)
    assert view is not None
    assert view.state == "announced"
    assert view.opens_at is not None
    assert view.opens_at > wechat.now + timedelta(hours=24)
    # Whoever wants it asked about earlier does not send it.
    rows("UPDATE payments_payment SET next_poll_at = now() WHERE shop_id = %s", [wechat.shop])
    wechat.work(2)
    assert wechat.states(source) == [("announced", "created")]
    assert wechat.theirs() == []
    ended = end_mandate(shop_id=wechat.shop, mandate_id=mandate.id, by="holder", now=wechat.now)
    assert ended.state == "ended"
    assert wechat.states(source) == [("refused", "failed")]
    assert [event["code"] for event in wechat.events("payments.charge_refused")] == ["mandate_ended"]
    wechat.settle()
    assert wechat.theirs() == []


def test_wechat_window_that_was_missed(wechat: MandateWorld) -> None:
    mandate, source = wechat.active(), uuid4()
    wechat.charge(mandate, source)
    wechat.pass_time(10 * 86_400)
    wechat.work(1)
    assert wechat.states(source) == [("refused", "failed")]
    assert Payment.objects.get(shop_id=wechat.shop).failure == "window_missed"
    assert [event["code"] for event in wechat.events("payments.charge_refused")] == ["other"]


def test_what_nobody_waits_for_is_not_sent(wechat: MandateWorld) -> None:
    mandate = wechat.active()
    for give_up in ("end_attempts", "close_payment"):
        source = uuid4()
        wechat.charge(mandate, source)
        payment = Payment.objects.get(shop_id=wechat.shop, source_id=source)
        if give_up == "end_attempts":
            end_attempts(shop_id=wechat.shop, source_type="order", source_id=source, now=wechat.now)
        else:
            told = close_payment(shop_id=wechat.shop, payment_id=payment.id, now=wechat.now)
            assert told.state == "waiting"
        wechat.work(1)
        payment.refresh_from_db()
        assert (wechat.states(source), payment.failure) == ([("refused", "failed")], "withdrawn")
    wechat.settle()
    assert wechat.theirs() == []


def test_what_is_paid_otherwise_meanwhile_is_not_charged(wechat: MandateWorld) -> None:
    mandate, source = wechat.active(), uuid4()
    wechat.charge(mandate, source)
    begun = begin_payment(
        shop_id=wechat.shop, account_id=wechat.account.id, method="native", source_type="order", source_id=source,
        amount=wechat.money(1000), request=PayerRequest("card", wechat.inlet.url, "https://shop.example.test/r"),
        expires_at=wechat.now + timedelta(minutes=15), now=wechat.now,
    )  # fmt: skip
    wechat.desk.control.buy("wechat", begun.payment.number)
    wechat.hear()
    wechat.settle()
    assert wechat.states(source) == [("refused", "failed")]
    assert wechat.theirs() == [(begun.payment.number, 1000)]
    with pytest.raises(AlreadyPaid):
        wechat.charge(mandate, source, key="again")


def test_signing_again_after_a_lost_answer_is_the_same_contract(stripe: MandateWorld) -> None:
    stripe.fault("lost_answer", on="create", times=1)
    with pytest.raises(ChannelUnavailable):
        stripe.start("sign:1")
    started = stripe.start("sign:1")
    assert len(stripe.desk.control.ledger("stripe")["agreements"]) == 1
    stripe.desk.control.sign_up("stripe", started.mandate.number)
    assert ask_mandate(shop_id=stripe.shop, mandate_id=started.mandate.id, now=stripe.now).state == "active"


def test_not_offered_without_a_contract_for_it(wechat: MandateWorld) -> None:
    assert queries.offers_mandates(wechat.shop, wechat.account.id)
    rows("SET session_replication_role = replica")
    rows("UPDATE payments_account SET config = config - 'papay_plan_id' WHERE id = %s", [wechat.account.id])
    rows("SET session_replication_role = DEFAULT")
    assert not queries.offers_mandates(wechat.shop, wechat.account.id)
    with pytest.raises(MandatesNotOffered):
        wechat.start()


def test_the_database_refuses(alipay: MandateWorld) -> None:
    alipay.charge(alipay.active(), uuid4())
    alipay.listen()
    another = (
        "INSERT INTO payments_mandate_charge SELECT (json_populate_record(c, json_build_object('id',"
        " gen_random_uuid(), 'business_key', 'b2', {}))).* FROM payments_mandate_charge c"
    )
    for statement in (
        "UPDATE payments_mandate SET most_minor = most_minor + 1",
        "UPDATE payments_mandate SET channel_ref = 'X'",
        "UPDATE payments_mandate SET state = 'started', active_at = NULL, channel_ref = ''",
        "UPDATE payments_mandate SET holder = 'member:8'",
        "DELETE FROM payments_mandate",
        "UPDATE payments_mandate_charge SET amount_minor = 1",
        "UPDATE payments_mandate_charge SET state = 'requested', ended_at = NULL",
        "DELETE FROM payments_mandate_charge",
        another.format("'source_id', gen_random_uuid()"),
        another.format("'amount_minor', 3001"),
        another.format("'payment_id', c.payment_id"),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            rows(statement)
