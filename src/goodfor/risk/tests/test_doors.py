"""Doors: allowances, lock-outs that grow, what resets them and what does not, who is known."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from goodfor.kernel import sql as kernel_sql
from goodfor.kernel.ids import uuid7
from goodfor.risk.doors.keys import asker
from goodfor.risk.doors.networks import place_of
from goodfor.risk.doors.table import DOORS, GENTLE, STRICT
from goodfor.risk.doors.types import STEPS, By, Who
from goodfor.risk.operations.answered import answered
from goodfor.risk.operations.knock import knock, shut_for
from goodfor.risk.operations.remember import remember
from goodfor.risk.tests.door_helpers import keys, sql, try_at
from goodfor.risk.types import KeyKind

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def shop_id() -> UUID:
    return uuid7()


def rows(shop_id: UUID, by: By) -> list[tuple[int, bool]]:
    """Level, and whether it is locked, of the keys of a kind."""
    return sql(
        "SELECT level, open_at IS NOT NULL FROM risk_door_key WHERE shop_id = %s AND kind = %s", [shop_id, int(by)]
    )


def test_three_errors_then_longer_and_longer(shop_id: UUID, now: datetime) -> None:
    """The table of the door: after each allowance the next lock-out, the last repeated; nothing passes meanwhile."""
    at = now
    for step in [*STRICT, STRICT[-1]]:
        for _ in range(3):
            assert try_at(shop_id, "redeem", at, buyer="b").allowed
        refused = try_at(shop_id, "redeem", at, buyer="b")
        assert (refused.allowed, refused.wait_seconds, refused.challenge_cost) == (False, int(step), 0)
        late = try_at(shop_id, "redeem", at + timedelta(seconds=step) - SECOND, buyer="b")
        assert (late.allowed, late.wait_seconds) == (False, 1)
        at += timedelta(seconds=step)
    assert rows(shop_id, By.BUYER) == [(STEPS, True)]
    assert STRICT == (60.0, 300.0, 1800.0, 14400.0, 86400.0)


@pytest.mark.parametrize("name", DOORS)
def test_every_rule_of_every_door(shop_id: UUID, now: datetime, name: str) -> None:
    """Each key by itself, with the allowance, the step and the way (wait or challenge) of the table."""
    door = DOORS[name]
    for rule in door.rules:
        for shared, limit in ((False, rule.limit), (True, rule.shared or rule.limit)):
            if rule.who is Who.KNOWN:
                continue
            mine = uuid7()
            ip = {By.ADDRESS: lambda n: "192.0.2.7", By.NETWORK: lambda n: f"192.0.2.{n % 250}"}.get(
                rule.by, lambda n: f"10.{n // 250}.{n % 250}.1"
            )
            passed = 0
            for n in range(limit.allowance + 3):
                made = knock(
                    shop_id=mine,
                    door=name,
                    keys=keys(
                        ip(n),
                        "d" if rule.by is By.DEVICE else "",
                        "b" if rule.by is By.BUYER else "",
                    ),
                    subject="s" if rule.by is By.SUBJECT else "",
                    now=now,
                    shared=shared,
                )
                passed += made.allowed
                if not made.allowed:
                    break
            assert passed == limit.allowance, (rule.by, shared)
            assert made.wait_seconds == (0 if limit.asks else int(limit.locks[0]))
            assert made.challenge_cost == (1 if limit.asks else 0)


def test_a_refused_knock_counts_nowhere(shop_id: UUID, now: datetime) -> None:
    """Whoever is locked out by one key cannot fill up another: not the account's that he hammers at."""
    for _ in range(8):
        assert try_at(shop_id, "sign_in", now, ip="192.0.2.7", subject=f"x{_}").allowed
    for _ in range(50):
        assert not try_at(shop_id, "sign_in", now, ip="192.0.2.7", subject="victim").allowed
    assert len(rows(shop_id, By.SUBJECT)) == 8
    for _ in range(5):
        assert try_at(shop_id, "sign_in", now, ip="198.51.100.1", subject="victim").allowed
    assert try_at(shop_id, "sign_in", now, ip="198.51.100.2", subject="victim").wait_seconds == GENTLE[0]


def test_errors_are_forgotten_one_by_one(shop_id: UUID, now: datetime) -> None:
    """Two errors, and one every leak after that, never lock; a quiet day makes the next lock-out the first again."""
    leak = timedelta(minutes=20)
    at = now
    assert try_at(shop_id, "redeem", at, buyer="b").allowed
    for _ in range(30):
        assert try_at(shop_id, "redeem", at, buyer="b").allowed
        at += leak
    for _ in range(3):
        try_at(shop_id, "redeem", at, buyer="b")
    assert rows(shop_id, By.BUYER) == [(1, True)]
    at += timedelta(seconds=STRICT[0])
    for _ in range(3):
        try_at(shop_id, "redeem", at, buyer="b")
    assert rows(shop_id, By.BUYER) == [(2, True)]
    at += timedelta(days=1, seconds=STRICT[1] + 1)
    for _ in range(3):
        assert try_at(shop_id, "redeem", at, buyer="b").allowed
    assert rows(shop_id, By.BUYER) == [(1, True)]


def test_being_right_starts_anew_but_forgives_no_network(shop_id: UUID, now: datetime) -> None:
    """An attacker who is right now and then, with something of his own, gets no more from his address for it."""
    passed = 0
    for n in range(40):
        passed += try_at(shop_id, "sign_in", now, ip="192.0.2.7", subject=f"victim{n}").allowed
        try_at(shop_id, "sign_in", now, ip="192.0.2.7", subject="mine", good=True)
    assert passed == 8
    # The account that he was right at: never an error.
    assert (0, False) in rows(shop_id, By.SUBJECT)


def test_being_right_opens_what_this_try_locked(shop_id: UUID, now: datetime) -> None:
    for _ in range(4):
        try_at(shop_id, "redeem", now, ip="192.0.2.7")
    fifth = try_at(shop_id, "redeem", now, ip="192.0.2.7", good=None)
    assert rows(shop_id, By.ADDRESS) == [(1, True)]
    answered(fifth, good=True, now=now)
    assert rows(shop_id, By.ADDRESS) == [(0, False)]
    # Only itself was given back: the next error is the fifth.
    assert try_at(shop_id, "redeem", now, ip="192.0.2.7").allowed
    assert not try_at(shop_id, "redeem", now, ip="192.0.2.7").allowed


def test_a_knock_that_never_ends_is_an_error(shop_id: UUID, now: datetime) -> None:
    for _ in range(5):
        assert try_at(shop_id, "redeem", now, ip="192.0.2.7", good=None).allowed
    assert try_at(shop_id, "redeem", now, ip="192.0.2.7").wait_seconds == 60


def test_all_right_is_never_locked(shop_id: UUID, now: datetime) -> None:
    """A hundred people behind one address, all of them right."""
    for n in range(100):
        assert try_at(shop_id, "redeem", now, ip="192.0.2.7", device=f"d{n}", good=True).allowed
    assert rows(shop_id, By.NETWORK) == [(0, False)]


def test_known_devices_have_a_door_of_their_own(shop_id: UUID, now: datetime) -> None:
    """The owner's device signs in while the account, the address and the network are locked by an attacker."""
    try_at(shop_id, "sign_in", now, ip="192.0.2.7", device="owner", subject="victim", good=True)
    for n in range(200):
        try_at(shop_id, "sign_in", now, ip="192.0.2.7", device=f"x{n}", subject="victim", paid=4)
        try_at(shop_id, "sign_in", now, ip=f"192.0.2.{n}", device=f"y{n}", subject=f"z{n}", paid=4)
    stranger = try_at(shop_id, "sign_in", now, ip="192.0.2.7", device="other", subject="victim")
    assert stranger.wait_seconds > 0
    owner = try_at(shop_id, "sign_in", now, ip="192.0.2.7", device="owner", subject="victim", good=True)
    assert (owner.allowed, owner.known) == (True, True)
    # Known at one's own account is known nowhere else.
    assert not try_at(shop_id, "sign_in", now, ip="192.0.2.7", device="owner", subject="somebody").known


def test_a_known_device_that_goes_on_guessing_is_a_stranger_again(shop_id: UUID, now: datetime) -> None:
    try_at(shop_id, "redeem", now, ip="192.0.2.7", device="d", good=True)
    at, wrong = now, []
    for step in STRICT[:2]:
        wrong += [try_at(shop_id, "redeem", at, ip="192.0.2.7", device="d") for _ in range(3)]
        at += timedelta(seconds=step)
    assert all(one.allowed and one.known for one in wrong)
    after = try_at(shop_id, "redeem", at, ip="192.0.2.7", device="d")
    assert (after.allowed, after.known) == (True, False)


def test_a_network_is_asked_and_never_refused(shop_id: UUID, now: datetime) -> None:
    """Dearer with each allowance; whoever pays goes on, until his own address is locked."""
    at, prices = now, []
    for n in range(5 * 40):
        made = try_at(shop_id, "redeem", at, ip=f"192.0.2.{n}")
        if made.challenge_cost:
            prices.append(made.challenge_cost)
            assert not try_at(shop_id, "redeem", at, ip=f"192.0.2.{n}", paid=made.challenge_cost - 1).allowed
            made = try_at(shop_id, "redeem", at, ip=f"192.0.2.{n}", paid=made.challenge_cost)
        assert made.allowed
        if n % 25 == 24:
            # Slowly, so that the breaker stays out of it.
            at += timedelta(minutes=2)
    assert prices[0] == 1
    assert prices == sorted(prices)
    assert max(prices) >= 3
    free = try_at(shop_id, "redeem", at + timedelta(hours=2), ip="192.0.2.250")
    assert free.allowed


def test_many_share_a_carriers_address(shop_id: UUID, now: datetime) -> None:
    """Sixty errors where others have five, then a challenge instead of a wait."""
    passed = [try_at(shop_id, "redeem", now, ip="117.136.0.9", good=None) for _ in range(61)]
    assert sum(one.allowed for one in passed) == 60
    assert (passed[-1].wait_seconds, passed[-1].challenge_cost) == (0, 1)
    assert knock(shop_id=shop_id, door="redeem", keys=keys("117.136.0.9"), now=now, shared=False).allowed is False


def test_the_price_rises_for_whoever_pays_behind_a_shared_address(shop_id: UUID, now: datetime) -> None:
    asked = []
    for _ in range(60 * 5):
        made = try_at(shop_id, "redeem", now, ip="117.136.0.9", good=None)
        if made.challenge_cost:
            asked.append(made.challenge_cost)
            assert try_at(shop_id, "redeem", now, ip="117.136.0.9", good=None, paid=made.challenge_cost).allowed
    assert sorted(set(asked)) == [1, 2, 3, 4]


def test_shops_and_doors_are_apart(shop_id: UUID, now: datetime) -> None:
    for _ in range(4):
        last = try_at(shop_id, "redeem", now, buyer="b")
    assert not last.allowed
    assert try_at(uuid7(), "redeem", now, buyer="b").allowed
    assert try_at(shop_id, "coupon", now, buyer="b").allowed


def test_who_shows_nothing_is_one_with_all_who_show_nothing(shop_id: UUID, now: datetime) -> None:
    for _ in range(5):
        assert try_at(shop_id, "redeem", now).allowed
    assert not try_at(shop_id, "redeem", now).allowed
    assert not try_at(shop_id, "redeem", now, subject="whatever").allowed
    with pytest.raises(KeyError):
        try_at(shop_id, "window", now)


def test_an_answer_belongs_to_an_allowed_knock(shop_id: UUID, now: datetime) -> None:
    for _ in range(4):
        last = try_at(shop_id, "redeem", now, buyer="b")
    with pytest.raises(ValueError, match="did not go on"):
        answered(last, good=True, now=now)
    assert rows(shop_id, By.BUYER) == [(1, True)]


def test_a_knock_costs_one_statement(shop_id: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locked or not, with a long history or none; a wrong answer one more, a right one one."""
    seen: list[str] = []
    monkeypatch.setattr(kernel_sql, "observers", [*kernel_sql.observers, lambda name, *_: seen.append(name)])
    for expected in (["knock", "wrong"], ["knock", "wrong"], ["knock", "wrong"], ["knock"], ["knock"]):
        seen.clear()
        try_at(shop_id, "redeem", now, buyer="b")
        assert [one.rpartition("door_")[2].removesuffix(".sql") for one in seen if "slow" not in one] == expected
    seen.clear()
    try_at(shop_id, "redeem", now, buyer="c", good=True)
    assert len(seen) == 2


def test_nothing_personal_is_stored(shop_id: UUID, now: datetime) -> None:
    try_at(shop_id, "sign_in", now, ip="192.0.2.77", device="devicecookie", subject="me@example.com", guess="hunter22")
    for table in ("risk_door_key", "risk_door_answer", "risk_door_known"):
        text = str(sql(f"SELECT t::text FROM {table} t"))
        assert not any(word in text for word in ("192.0.2", "devicecookie", "example", "hunter22"))


def test_keys_of_an_asker(shop_id: UUID) -> None:
    found, shared = asker(shop_id, keys("2001:db8:1:2::5", "d", "b"), "s")
    assert set(found) == {By.ADDRESS, By.NETWORK, By.DEVICE, By.BUYER, By.SUBJECT, By.OWN}
    assert not shared
    assert all(0 <= key < 2**63 for key in found.values())
    assert found == asker(shop_id, keys("2001:db8:1:2::6", "d", "b"), "s")[0]
    other = asker(shop_id, keys("2001:db8:1:3::5", "d", "b"), "s")[0]
    assert (other[By.NETWORK], other[By.ADDRESS] == found[By.ADDRESS]) == (found[By.NETWORK], False)
    assert asker(shop_id, {KeyKind.ADDRESS: "1.2.3.4", KeyKind.NETWORK: "1.2.3.0/24"}, "")[0][By.NETWORK] != 0
    assert asker(shop_id, keys("\udcff"), "\ud800")[0]


@pytest.mark.parametrize(
    ("ip", "address", "network", "shared"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.0/24", False),
        ("::ffff:117.136.3.4", "117.136.3.4", "117.136.3.0/24", True),
        ("117.136.3.4", "117.136.3.4", "117.136.3.0/24", True),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48", False),
        ("nonsense", "nonsense", "nonsense", False),
    ],
)
def test_networks(ip: str, address: str, network: str, shared: bool) -> None:
    assert place_of(ip) == (address, network, shared)


@pytest.mark.django_db(transaction=True)
def test_no_knock_inside_of_a_transaction(shop_id: UUID, now: datetime) -> None:
    """It could be undone, and with it the count."""
    with transaction.atomic(), pytest.raises(RuntimeError):
        try_at(shop_id, "redeem", now, buyer="b")
    assert sql("SELECT count(*) FROM risk_door_key") == [(0,)]
    made = try_at(shop_id, "redeem", now, buyer="b", good=None)
    with transaction.atomic(), pytest.raises(RuntimeError):
        answered(made, good=False, now=now)
    with transaction.atomic():
        answered(made, good=True, now=now)
    assert sql("SELECT good FROM risk_door_answer") == [(True,)]


def test_who_was_right_at_one_door_of_an_account_is_known_at_the_other(shop_id: UUID, now: datetime) -> None:
    mine = {KeyKind.ADDRESS: "203.0.113.7", KeyKind.DEVICE: "d1"}
    entry = knock(shop_id=shop_id, door="one_time_code", keys=mine, subject="a@x.example", now=now)
    answered(entry, good=True, now=now)
    remember(entry, door="sign_in", now=now)
    # At a coupon's door nobody is known by an account.
    remember(entry, door="coupon", now=now)
    assert knock(shop_id=shop_id, door="sign_in", keys=mine, subject="a@x.example", now=now).known
    strangers = [
        ("sign_in", mine, "b@x.example"), ("sign_in", {**mine, KeyKind.DEVICE: "d2"}, "a@x.example"),
        ("coupon", mine, ""),
    ]  # fmt: skip
    for door, shown, subject in strangers:
        assert not knock(shop_id=shop_id, door=door, keys=shown, subject=subject, now=now).known


@pytest.mark.parametrize("name", DOORS)
def test_a_look_from_outside_says_what_a_knock_would(shop_id: UUID, now: datetime, name: str) -> None:
    """Of strangers and of who was right before; it counts nothing."""
    asks = {"ip": "203.0.113.9", "device": "d" * 22, "buyer": "buyer:1", "subject": "lin@example.com"}
    given = {"keys": keys(asks["ip"], asks["device"], asks["buyer"]), "subject": asks["subject"]}
    waited = 0
    for number in range(80):
        at = now + number * 11 * SECOND
        before = sql("SELECT k::text FROM risk_door_key k WHERE shop_id = %s ORDER BY 1", [shop_id])
        look = shut_for(shop_id=shop_id, door=name, now=at, **given)
        assert sql("SELECT k::text FROM risk_door_key k WHERE shop_id = %s ORDER BY 1", [shop_id]) == before
        made = try_at(shop_id, name, at, good=number in (0, 40), **asks)
        assert look == (0 if made.allowed else made.wait_seconds), number
        waited += look > 0
    assert waited > 10
    assert shut_for(shop_id=uuid7(), door=name, now=now + 80 * 11 * SECOND, **given) == 0
