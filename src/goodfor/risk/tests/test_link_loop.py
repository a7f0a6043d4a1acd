"""Events into links: what counts, nothing twice, nothing missed; what pages are told of it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import OperationalError, connection

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.risk import hot
from goodfor.risk import link_queries as queries
from goodfor.risk.link_kinds import LinkKind
from goodfor.risk.link_tasks import keep_links
from goodfor.risk.link_types import Hint, Member
from goodfor.risk.operations import link_accounts as linking_loop
from goodfor.risk.operations.link_accounts import gather, link_accounts, regroup
from goodfor.risk.operations.note_hints import hint_key, hints_of, note_hints
from goodfor.risk.tests.happenings import happen, link, make_tables, name, rows_of, sql
from goodfor.risk.types import KeyKind, Result, Scene, Value
from goodfor.risk.velocity_sql import params_of, reading, values_of

NOW = datetime(2026, 1, 1, 12, 5, tzinfo=UTC)
SHOP = UUID("00000000-0000-7000-8000-000000000001")


@pytest.fixture
def tables(transactional_db: None) -> Iterator[int]:
    """The engine's tables, committed; ours taken away again. The number of the last event before the test."""
    made = make_tables()
    last = sql("SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('risk_event', 'id')::regclass), 0)")[0][0]
    start_over(last)
    yield last
    for table in made:
        sql(f"DROP TABLE {table}")


def start_over(last: int) -> None:
    """The loop has read up to here."""
    sql("DELETE FROM risk_link_progress")
    sql(
        "INSERT INTO risk_link_progress (name, done_id, seen_id, next_id, mark_xid) VALUES ('events', %s, %s, %s, 0)",
        last, last, last,
    )  # fmt: skip


def links(shop_id: UUID = SHOP) -> set[tuple[int, int, int]]:
    """Buyer, key, kind, without the slots of time."""
    return {
        (buyer, key, kind)
        for buyer, key, kind in sql("SELECT buyer, key, kind FROM risk_link WHERE shop_id = %s", shop_id)
        if kind != LinkKind.TIMING
    }


def read(now: datetime = NOW) -> int:
    """All that there is, as rounds of the loop a second apart would."""
    done = 0
    for second in range(1, 8):
        done += gather(now + timedelta(seconds=second))
    return done


# -- what counts ------------------------------------------------------------------------------------


def test_events_become_links(tables: int) -> None:
    """Keys of proven acts, each pair once, from the first time to the last."""
    everything = {"device": 20, "network": 30, "phone": 50, "mail": 60, "instrument": 70, "address": 40, "batch": 80}
    happen(SHOP, NOW, Scene.PAY, Result.GOOD, buyer=1, **everything)
    happen(SHOP, NOW + timedelta(hours=3), Scene.PAY, Result.GOOD, buyer=1, **everything)
    happen(SHOP, NOW - timedelta(hours=3), Scene.ORDER, buyer=1, device=20)
    happen(SHOP, NOW, Scene.ORDER, device=21, network=31)
    assert read() == 4
    assert links() == {(1, 20, 2), (1, 30, 3), (1, 50, 5), (1, 60, 6), (1, 70, 7)}
    assert sql("SELECT first_at, last_at FROM risk_link WHERE key = 20") == [
        (NOW - timedelta(hours=3), NOW + timedelta(hours=3))
    ]
    assert read() == 0


@pytest.mark.parametrize(
    ("scene", "result", "kinds"),
    [
        (Scene.SIGN_IN, Result.ATTEMPT, set()), (Scene.SIGN_IN, Result.BAD, set()),
        (Scene.REGISTER, Result.ATTEMPT, set()), (Scene.ONE_TIME_CODE, Result.ATTEMPT, set()),
        (Scene.LOOK_UP, Result.GOOD, set()),
        (Scene.STAFF_VIEW, Result.GOOD, set()), (Scene.EXPORT, Result.ATTEMPT, set()),
        (Scene.SIGN_IN, Result.GOOD, {2, 3, 5, 6}), (Scene.REGISTER, Result.GOOD, {2, 3, 5, 6, 13}),
        (Scene.ORDER, Result.ATTEMPT, {2, 3, 13}), (Scene.PAY, Result.BAD, {2, 3, 7}),
        (Scene.CLAIM, Result.ATTEMPT, {2, 3}), (Scene.REVEAL, Result.GOOD, {2, 3, 5, 6}),
    ],
)  # fmt: skip
def test_only_proof_links(tables: int, scene: Scene, result: Result, kinds: set[int]) -> None:
    """Who guesses at somebody's password is not him; who types in a telephone number need not own it."""
    happen(SHOP, NOW, scene, result, buyer=1, device=20, network=30, phone=50, mail=60, instrument=70)
    read()
    assert {kind for (kind,) in sql("SELECT kind FROM risk_link")} == kinds


def test_victims_of_a_stuffing_attack_are_not_joined(tables: int) -> None:
    """500 accounts tried from one device, two of them with success: the two are joined, no other."""
    for buyer in range(1, 501):
        happen(SHOP, NOW, Scene.SIGN_IN, Result.ATTEMPT, buyer=buyer, device=20, network=30)
        happen(SHOP, NOW, Scene.SIGN_IN, Result.GOOD if buyer in (7, 9) else Result.BAD, buyer=buyer, device=20)
    read()
    regroup(SHOP, NOW)
    assert set(rows_of(SHOP)) == {7, 9, 20}


def test_slots_of_time(tables: int) -> None:
    """The same network within the same ten minutes is one key; another slot, or another network, another."""
    for buyer, minutes, network in ((1, 0, 30), (2, 4, 30), (3, 6, 30), (4, 0, 31)):
        happen(SHOP, NOW + timedelta(minutes=minutes), Scene.REGISTER, Result.GOOD, buyer=buyer, network=network)
    read()
    keys = dict(sql("SELECT buyer, key FROM risk_link WHERE kind = 13"))
    assert keys[1] == keys[2]
    assert len({keys[1], keys[3], keys[4]}) == 3
    assert all(0 < key < 2**63 for key in keys.values())


def test_accounts_made_in_bulk_are_joined_by_weak_signs(tables: int) -> None:
    """The same network, minutes and pattern of mailboxes: each says little, together they pass the line."""
    for buyer in range(1, 6):
        happen(SHOP, NOW, Scene.REGISTER, Result.GOOD, buyer=buyer, network=30, device=100 + buyer)
        if buyer != 5:
            hints = hints_of(mail_address=f"promo{buyer}@163.com")
            note_hints(shop_id=SHOP, buyer=buyer, hints=hints, at=NOW)
    read()
    regroup(SHOP, NOW)
    assert {key for key in rows_of(SHOP) if key < 100} == {1, 2, 3, 4}
    assert rows_of(SHOP)[1] == (1, 1, 8, 4), "with the devices that they are known by"


# -- nothing twice, nothing missed ------------------------------------------------------------------


def test_reading_again_changes_nothing(tables: int) -> None:
    """After a crash between the steps, or from the very beginning."""
    for number in range(60):
        happen(SHOP, NOW + timedelta(minutes=number), buyer=1 + number % 7, device=20 + number % 5, network=30)
    read()
    link_accounts(NOW)
    before = sql("SELECT key, buyer, kind, first_at, last_at, settled FROM risk_link ORDER BY 1, 2"), rows_of(SHOP)
    start_over(tables)
    assert read() == 60
    link_accounts(NOW)
    after = sql("SELECT key, buyer, kind, first_at, last_at, settled FROM risk_link ORDER BY 1, 2"), rows_of(SHOP)
    assert after == before


def test_an_event_that_is_committed_late_is_not_missed(tables: int) -> None:
    """Its number is smaller than those already there; the loop waits for its transaction, and for no other."""
    params = connection.get_connection_params()
    kept = {key: params[key] for key in ("dbname", "host", "port", "user", "password") if key in params}
    with psycopg.connect(**kept) as slow:
        slow.execute(
            "INSERT INTO risk_event (shop_id, at, scene, result, amount_minor, buyer, device)"
            " VALUES (%s, %s, 5, 0, 0, 1, 20)", [SHOP, NOW],
        )  # fmt: skip
        happen(SHOP, NOW, buyer=2, device=20)
        assert read() == 0
        assert links() == set()
        slow.commit()
    assert read(NOW + timedelta(minutes=1)) == 2
    assert links() == {(1, 20, 2), (2, 20, 2)}


def test_after_a_dump_was_loaded_into_another_cluster(tables: int) -> None:
    """Its transactions count from less than the mark: the loop marks anew instead of waiting for ages."""
    happen(SHOP, NOW, buyer=1, device=20)
    gather(NOW)
    sql("UPDATE risk_link_progress SET mark_xid = 9000000000000000000")
    assert read() == 1
    assert links() == {(1, 20, 2)}


def test_events_are_read_in_portions(tables: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many numbers in one transaction."""
    monkeypatch.setattr(linking_loop, "EVENTS", 7)
    for number in range(20):
        happen(SHOP, NOW, buyer=1 + number, device=20)
    assert [gather(NOW + timedelta(seconds=second), at_once=True) for second in range(1, 5)] == [7, 7, 6, 0]
    assert len(links()) == 20


def test_the_loop_does_both_steps_and_leaves_busy_shops_alone(tables: int) -> None:
    """While a shop's groups are made anew its links wait; other shops go on."""
    other = uuid4()
    for shop_id in (SHOP, other):
        for buyer in (1, 2):
            happen(shop_id, NOW, buyer=buyer, device=20)
    read()
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                advisory_xact_lock(("links", SHOP))
                held.set()
                release.wait(30)
                cursor.execute("ROLLBACK")
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(10)
        with pytest.raises(OperationalError):
            regroup(SHOP, NOW)
        assert keep_links(NOW + timedelta(minutes=1)) == 2
    finally:
        release.set()
        thread.join()
    assert (len(rows_of(SHOP)), len(rows_of(other))) == (0, 3)
    assert keep_links(NOW + timedelta(minutes=1)) == 2
    assert len(rows_of(SHOP)) == 3


# -- hints ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_hints_are_keyed_by_shop_and_noted_once() -> None:
    """The same sign is the same key in a shop, another in the next; of nothing nothing is noted."""
    mark = "f" * 32
    hints = hints_of(mail_address="Promo17@163.com", fingerprint=mark)
    assert hints == (Hint(LinkKind.PATTERN, "promo*@163.com"), Hint(LinkKind.FINGERPRINT, mark))
    assert hints_of(mail_address="nonsense", fingerprint="short") == ()
    other = uuid4()
    assert hint_key(SHOP, hints[0]) == hint_key(SHOP, hints_of(mail_address="promo18@163.com")[0])
    assert len({hint_key(shop_id, hint) for shop_id in (SHOP, other) for hint in hints}) == 4
    for minutes in (0, 1, -1):
        note_hints(shop_id=SHOP, buyer=5, hints=hints, at=NOW + timedelta(minutes=minutes))
    note_hints(shop_id=SHOP, buyer=5, hints=(), at=NOW)
    assert sql("SELECT kind, first_at, settled FROM risk_link ORDER BY kind") == [
        (11, NOW - timedelta(minutes=1), False), (12, NOW - timedelta(minutes=1), False),
    ]  # fmt: skip
    assert links(other) == set()


# -- what pages and decisions are told --------------------------------------------------------------


@pytest.fixture
def group(db: None) -> UUID:
    """Buyers 1 to 3 by a device and a telephone, 4 alone, all on one network."""
    make_tables()
    for buyer, key, kind, minute in (
        (1, 20, 2, 0), (2, 20, 2, 1), (2, 50, 5, 2), (3, 50, 5, 3), (1, 21, 2, 4), (4, 24, 2, 5),
        (1, 30, 3, 0), (2, 30, 3, 0), (3, 30, 3, 0), (4, 30, 3, 0),
    ):  # fmt: skip
        link(SHOP, buyer, key, kind, NOW + timedelta(minutes=minute))
    regroup(SHOP, NOW)
    return SHOP


def test_a_decision_asks_for_the_group_of_its_keys(group: UUID) -> None:
    """By whichever key is known: a newcomer on a known device belongs to its group before anything was written."""

    def asked(shop: UUID, keys: dict[KeyKind, int]) -> dict[str, Value]:
        what = reading(Scene.ORDER, NOW)
        [row] = hot.rows("test", what.text, params_of(what, Scene.ORDER, shop, keys, NOW))
        features, _seen = values_of(what, row, keys, NOW)
        return {name: features[name] for name in ("cluster_buyers", "cluster_size")}

    assert asked(group, {KeyKind.BUYER: 1}) == {"cluster_buyers": 3, "cluster_size": 6}
    assert asked(group, {KeyKind.BUYER: 99, KeyKind.DEVICE: 21, KeyKind.NETWORK: 30}) == {
        "cluster_buyers": 3, "cluster_size": 6,
    }  # fmt: skip
    assert asked(group, {KeyKind.BUYER: 4, KeyKind.NETWORK: 30}) == {"cluster_buyers": 1, "cluster_size": 1}
    assert asked(group, {KeyKind.NETWORK: 30}) == {"cluster_buyers": None, "cluster_size": None}
    assert asked(uuid4(), {KeyKind.BUYER: 1}) == {"cluster_buyers": 1, "cluster_size": 1}


def test_groups_and_members(group: UUID) -> None:
    """Of a key, of many, page by page."""
    found = queries.cluster_of(group, 50)
    assert found
    assert (found.id, found.size, found.buyers, found.updated_at) == (1, 6, 3, NOW)
    assert queries.cluster_of(group, 4) is None
    assert queries.cluster_of(group) is None
    both = queries.clusters_of(group, [1, 3, 4, 20])
    assert {key: view.id for key, view in both.items()} == {1: 1, 3: 1, 20: 1}
    first = queries.members(group, 1, limit=4)
    assert first == (*(Member(key, LinkKind.BUYER) for key in (1, 2, 3)), Member(20, LinkKind.DEVICE))
    assert queries.members(group, 1, after=first[-1], limit=4) == (
        Member(21, LinkKind.DEVICE), Member(50, LinkKind.PHONE),
    )  # fmt: skip


def test_a_graph_of_what_lies_around(group: UUID) -> None:
    """Two steps, with labels, groups, and what is too crowded to say anything."""
    name(group, 1, 1, "138****8000", NOW)
    name(group, 2, 20, "Chrome · Windows", NOW)
    graph = queries.graph_of(group, 1)
    nodes = {node.key: node for node in graph.nodes}
    assert {key: node.depth for key, node in nodes.items()} == {1: 0, 20: 1, 21: 1, 30: 1, 2: 2, 3: 2, 4: 2}
    assert (nodes[1].label, nodes[20].label, nodes[30].label) == ("138****8000", "Chrome · Windows", "")
    assert (nodes[30].kind, nodes[30].crowd, nodes[30].hub, nodes[30].cluster) == (LinkKind.NETWORK, 4, False, None)
    assert (nodes[4].cluster, nodes[3].cluster) == (None, 1)
    assert {(edge.buyer, edge.key) for edge in graph.edges} == {
        (1, 20), (1, 21), (1, 30), (2, 20), (2, 30), (3, 30), (4, 30),
    }  # fmt: skip
    assert {edge.key: (edge.strong, edge.weight) for edge in graph.edges} == {
        20: (True, 0), 21: (True, 0), 30: (False, 30),
    }  # fmt: skip
    assert not graph.more
    around = queries.graph_of(group, 20)
    assert {node.key for node in around.nodes} == {20, 1, 2, 21, 30, 50}
    assert queries.graph_of(group, 777) == queries.Graph((), (), False)
    assert queries.graph_of(uuid4(), 1).nodes == ()


def test_a_graph_stays_readable(group: UUID) -> None:
    """At most so many keys, whole edges only, the same each time; crowds are said to be crowds."""
    for buyer in range(1_000, 1_300):
        link(group, buyer, 20, 2, NOW + timedelta(minutes=buyer))
        link(group, buyer, 10_000 + buyer, 2, NOW)
    for most in (5, 80):
        graph = queries.graph_of(group, 1, most=most)
        assert len(graph.nodes) <= most
        assert graph.more
        shown = {node.key for node in graph.nodes}
        assert {end for edge in graph.edges for end in (edge.buyer, edge.key)} == shown
        assert graph == queries.graph_of(group, 1, most=most)
    crowded = next(node for node in graph.nodes if node.key == 20)
    assert (crowded.crowd, crowded.hub) == (201, True)
