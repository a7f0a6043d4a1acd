"""Groups of accounts: the same from any order, in any portions, and from nothing; hubs join no crowd."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.risk.link_kinds import DECIDING, LINE, PROOF, RULES, STRONG, WEAK, LinkKind, Rule
from goodfor.risk.linking import Groups, Row, clusters
from goodfor.risk.operations import link_accounts as linking_loop
from goodfor.risk.operations.forget_links import forget_links
from goodfor.risk.operations.link_accounts import regroup
from goodfor.risk.operations.rebuild_clusters import rebuild_clusters
from goodfor.risk.tests.happenings import link, make_tables, rows_of, sql
from goodfor.risk.types import Result, Scene

NOW = datetime(2026, 1, 1, tzinfo=UTC)
#: A key that no buyer has.
HUB = 700_000
#: Buyer, key, kind, minute when they were first seen together.
Seen = tuple[int, int, int, int]


@pytest.fixture
def tight() -> Iterator[None]:
    """Limits so low that tests meet them."""
    before = dict(RULES)
    rules: dict[LinkKind, Rule] = RULES  # type: ignore[assignment]
    for kind, rule in before.items():
        rules[kind] = Rule(rule.words, most=3 if rule.strong else 4, most_of_buyer=2, weight=rule.weight)
    yield
    rules.update(before)


# -- a second opinion -------------------------------------------------------------------------------


def counted(seen: Iterable[Seen]) -> set[tuple[int, int, int]]:
    """Which links count, written down as the limits are told."""
    first: dict[tuple[int, int, int], int] = {}
    for buyer, key, kind, minute in seen:
        first[buyer, key, kind] = min(minute, first.get((buyer, key, kind), minute))
    found = set()
    for (buyer, key, kind), minute in first.items():
        rule = RULES[LinkKind(kind)]
        of_key = sorted((at, who) for (who, what, _), at in first.items() if what == key)
        of_buyer = sorted((at, what) for (who, what, which), at in first.items() if who == buyer and which == kind)
        if of_buyer.index((minute, key)) >= rule.most_of_buyer:
            continue
        if of_key.index((minute, buyer)) < rule.most if rule.strong else len(of_key) <= rule.most:
            found.add((buyer, key, kind))
    return found


def expected(seen: Iterable[Seen]) -> dict[int, tuple[int, int, int, int]]:
    """The groups, by spreading from each buyer until nothing is added."""
    links = counted(seen)
    keys: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for buyer, key, kind in links:
        keys[buyer][kind].add(key)
    near: dict[int, set[int]] = {buyer: {buyer} for buyer in keys}
    for one, other in combinations(keys, 2):
        shared = [kind for kind in keys[one] if keys[one][kind] & keys[other][kind]]
        weight = sum(RULES[LinkKind(kind)].weight for kind in shared)
        if any(RULES[LinkKind(kind)].strong for kind in shared) or weight >= LINE:
            near[one].add(other)
            near[other].add(one)
    rows: dict[int, tuple[int, int, int, int]] = {}
    for buyer in keys:
        group = {buyer}
        while (grown := set().union(*(near[one] for one in group))) != group:
            group = grown
        if len(group) < 2:
            continue
        strong = {(key, kind) for who, key, kind in links if who in group and RULES[LinkKind(kind)].strong}
        for key, kind in {*strong, *((one, 1) for one in group)}:
            rows[key] = (kind, min(group), len(strong) + len(group), len(group))
    return rows


def invented(rng: random.Random, *, buyers: int, links: int) -> list[Seen]:
    """Links among few keys, so that there are groups, hubs and near misses."""
    seen = []
    for _ in range(links):
        kind = rng.choice([*STRONG, *WEAK, *WEAK, *WEAK])
        pool = 6 if kind in STRONG else 3
        key = int(kind) * 1000 + rng.randrange(pool)
        seen.append((1 + rng.randrange(buyers), key, int(kind), rng.randrange(40)))
    return seen


# -- in memory --------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=60), st.randoms())
@settings(max_examples=200, deadline=None)
def test_the_root_is_the_smallest_in_any_order(pairs: list[tuple[int, int]], rng: random.Random) -> None:
    """Union-find, shuffled."""
    groups, others = Groups(), Groups()
    for one, other in pairs:
        groups.join(one, other)
    for one, other in rng.sample(pairs, len(pairs)):
        others.join(other, one)
    roots = {buyer: groups.root(buyer) for pair in pairs for buyer in pair}
    assert roots == {buyer: others.root(buyer) for buyer in roots}
    for buyer, root in roots.items():
        assert root == min(other for other, its in roots.items() if its == root)
        assert root <= buyer


@given(st.integers(0, 2**32), st.integers(5, 16), st.integers(10, 70))
@settings(max_examples=200, deadline=None)
def test_groups_are_those_of_the_second_opinion(seed: int, buyers: int, links: int) -> None:
    """Strong and weak links, in two ways."""
    rng = random.Random(seed)
    seen = invented(rng, buyers=buyers, links=links)
    counting = list(counted(seen))
    rng.shuffle(counting)
    assert clusters(counting) == {key: Row(*row) for key, row in expected(seen).items()}


def test_weak_links_join_only_together() -> None:
    """Each pair of kinds misses the line; the sums that pass it are those of three kinds or more."""
    for size in range(1, len(WEAK) + 1):
        for kinds in combinations(WEAK, size):
            links = [(buyer, int(kind) * 10, int(kind)) for kind in kinds for buyer in (1, 2)]
            passes = sum(RULES[kind].weight for kind in kinds) >= LINE
            assert bool(clusters(links)) == passes, kinds
            assert not passes or set(kinds) & set(DECIDING)
            assert not passes or size >= 3
    # Many keys of one kind are one kind.
    assert not clusters([(buyer, key, int(LinkKind.NETWORK)) for key in range(1, 50) for buyer in (1, 2)])


def test_what_counts_as_proof() -> None:
    """An attempt to sign in, or a contact typed in, ties nobody to anybody; the staff never do."""
    for kind, pairs in PROOF.items():
        for scene in (Scene.SIGN_IN, Scene.REGISTER, Scene.ONE_TIME_CODE, Scene.LOOK_UP):
            assert (scene, Result.ATTEMPT) not in pairs
            assert (scene, Result.BAD) not in pairs
        assert not {scene for scene, _ in pairs} & {Scene.STAFF_VIEW, Scene.EXPORT}
        if kind in (LinkKind.PHONE, LinkKind.MAIL):
            assert (Scene.ORDER, Result.ATTEMPT) not in pairs
            assert {result for _, result in pairs} == {Result.GOOD}


# -- in the database --------------------------------------------------------------------------------


def put(shop_id: UUID, seen: Iterable[Seen]) -> None:
    """Into the table, in this order."""
    for buyer, key, kind, minute in seen:
        link(shop_id, buyer, key, kind, NOW + timedelta(minutes=minute))


def settle(shop_id: UUID, limit: int = 2_000) -> None:
    """As often as the loop would."""
    while regroup(shop_id, NOW, limit):
        pass


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_any_order_in_any_portions_makes_the_same_groups(tight: None, seed: int) -> None:
    """Grown link by link, with links still waiting, twice over: equal to a rebuild and to the second opinion.

    Hubs included: who counts follows from when he was first seen, not from when we heard of it.
    """
    rng = random.Random(seed)
    for round_ in range(6):
        shop_id = uuid4()
        seen = invented(rng, buyers=rng.randint(4, 14), links=rng.randint(8, 60))
        rest = seen + [one for one in seen if rng.random() < 0.2]
        rng.shuffle(rest)
        while rest:
            taken = rng.randint(1, 12)
            put(shop_id, rest[:taken])
            rest = rest[taken:]
            for _ in range(rng.randint(0, 2)):
                regroup(shop_id, NOW, rng.randint(1, 6))
        settle(shop_id, rng.randint(1, 9))
        found = rows_of(shop_id)
        assert found == expected(seen), (seed, round_)
        assert rebuild_clusters(shop_id=shop_id, now=NOW) == 0, "the loop made what a rebuild makes"
        sql("DELETE FROM risk_cluster WHERE shop_id = %s", shop_id)
        assert rebuild_clusters(shop_id=shop_id, now=NOW) == len(found)
        assert rows_of(shop_id) == found


@pytest.mark.django_db
def test_nothing_is_written_twice() -> None:
    """Settled links are settled: another round does nothing, and unchanged groups keep their time."""
    shop_id, device = uuid4(), int(LinkKind.DEVICE)
    put(shop_id, [(1, 500, device, 0), (2, 500, device, 1), (8, 900, device, 1), (9, 900, device, 2)])
    assert regroup(shop_id, NOW) == 4
    assert regroup(shop_id, NOW) == 0
    put(shop_id, [(3, 500, device, 2)])
    later = NOW + timedelta(hours=1)
    assert regroup(shop_id, later) == 1
    times = dict(sql("SELECT key, updated_at FROM risk_cluster WHERE shop_id = %s", shop_id))
    assert {key for key, at in times.items() if at == later} == {1, 2, 3, 500}
    assert {key for key, at in times.items() if at == NOW} == {8, 9, 900}


@pytest.mark.django_db
def test_shops_are_kept_apart() -> None:
    """The same keys elsewhere are other people."""
    one, other, device = uuid4(), uuid4(), int(LinkKind.DEVICE)
    put(one, [(1, 500, device, 0), (2, 500, device, 1)])
    put(other, [(2, 500, device, 0), (3, 501, device, 1)])
    settle(one)
    settle(other)
    assert set(rows_of(one)) == {1, 2, 500}
    assert rows_of(other) == {}


@pytest.mark.django_db
def test_a_hub_never_joins_a_crowd() -> None:
    """A device of an internet café joins its first 200; a carrier's network nobody, whatever else is shared."""
    shop_id = uuid4()
    rows = [(shop_id, HUB, buyer, int(LinkKind.DEVICE), NOW + timedelta(seconds=buyer)) for buyer in range(1, 1_001)]
    for kind in WEAK:
        rows += [(shop_id, 10 + int(kind), 5_000 + number, int(kind), NOW) for number in range(1_000)]
    insert_many(rows)
    settle(shop_id)
    found = rows_of(shop_id)
    assert set(found) == {HUB, *range(1, 201)}
    assert found[HUB] == (int(LinkKind.DEVICE), 1, 201, 200)
    assert rebuild_clusters(shop_id=shop_id, now=NOW) == 0


@pytest.mark.django_db
def test_more_members_cannot_undo_a_group() -> None:
    """Who adds accounts to his device gains nothing; whoever was seen before the others counts instead of the last."""
    shop_id, device = uuid4(), int(LinkKind.DEVICE)
    insert_many([(shop_id, HUB, buyer, device, NOW + timedelta(seconds=buyer)) for buyer in range(1_001, 1_201)])
    settle(shop_id)
    assert set(rows_of(shop_id)) == {HUB, *range(1_001, 1_201)}
    insert_many([(shop_id, HUB, buyer, device, NOW + timedelta(days=1)) for buyer in range(5_000, 6_000)])
    settle(shop_id)
    assert set(rows_of(shop_id)) == {HUB, *range(1_001, 1_201)}
    put(shop_id, [(9, HUB, device, -5)])
    settle(shop_id)
    assert set(rows_of(shop_id)) == {HUB, 9, *range(1_001, 1_200)}


@pytest.mark.django_db
def test_a_flood_on_one_key_looks_at_no_more_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """3,000 newcomers on a hub: none of the rounds looks at the group of the first."""
    shop_id, device = uuid4(), int(LinkKind.DEVICE)
    insert_many([(shop_id, HUB, buyer, device, NOW + timedelta(seconds=buyer)) for buyer in range(1, 301)])
    settle(shop_id)
    looked: list[int] = []
    real = linking_loop._touched

    def touched(shop: UUID, fresh: list[tuple[int, int, int, datetime]]) -> tuple[set[int], set[int]]:
        buyers, keys = real(shop, fresh)
        looked.append(len(buyers))
        assert not keys
        return buyers, keys

    monkeypatch.setattr(linking_loop, "_touched", touched)
    insert_many([(shop_id, HUB, buyer, device, NOW + timedelta(days=1)) for buyer in range(10_000, 13_000)])
    settle(shop_id, 500)
    assert looked == [500] * 6


@pytest.mark.django_db
def test_old_links_are_forgotten_with_their_groups() -> None:
    """What was last seen long ago joins nobody any more."""
    shop_id, device = uuid4(), int(LinkKind.DEVICE)
    put(shop_id, [(1, 500, device, 0), (2, 500, device, 0), (2, 501, device, 50), (3, 501, device, 50)])
    settle(shop_id)
    assert rows_of(shop_id)[1] == (1, 1, 5, 3)
    assert forget_links(shop_id=shop_id, before=NOW, now=NOW) == 0
    assert forget_links(shop_id=shop_id, before=NOW + timedelta(minutes=30), now=NOW) == 2
    assert rows_of(shop_id) == {2: (1, 2, 3, 2), 3: (1, 2, 3, 2), 501: (device, 2, 3, 2)}


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["kind = 4", "key = 0", "buyer = -1", "last_at = first_at - interval '1 second'"])
def test_the_database_refuses_links_that_are_none(change: str) -> None:
    """And groups of one."""
    shop_id = uuid4()
    put(shop_id, [(1, 500, int(LinkKind.DEVICE), 0)])
    with pytest.raises(Exception, match="risk_link_sound"):
        sql(f"UPDATE risk_link SET {change} WHERE shop_id = %s", shop_id)


def insert_many(rows: list[tuple[UUID, int, int, int, datetime]]) -> None:
    """Shop, key, buyer, kind, first seen."""
    columns = list(zip(*rows, strict=True))
    sql(
        """INSERT INTO risk_link (shop_id, key, buyer, kind, first_at, last_at, settled)
           SELECT s, k, b, n, f, f, false
           FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::int[], %s::timestamptz[]) AS t (s, k, b, n, f)""",
        *(list(column) for column in columns),
    )


@pytest.fixture(autouse=True)
def _tables(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        make_tables()
