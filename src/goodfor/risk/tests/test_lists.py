"""Lists: who may put whom where, what stays for good, and files."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from goodfor.kernel import audit, invariants
from goodfor.kernel.crypto import keyring
from goodfor.kernel.errors import Forbidden
from goodfor.risk import rule_queries
from goodfor.risk.errors import (
    EntryKept,
    EntryKnown,
    EntryNotFound,
    ExportNotApproved,
    InvalidEntry,
    InvalidList,
    ListNotFound,
    ProposalWaits,
    SecondPersonNeeded,
)  # fmt: skip
from goodfor.risk.keys import key_of
from goodfor.risk.list_files import plain_cell, safe_cell
from goodfor.risk.list_keys import TYPES, list_key, masked, normal
from goodfor.risk.list_sealed import LIST_SEALED
from goodfor.risk.operations.approve import approve, refuse, withdraw
from goodfor.risk.operations.ask_export import ask_export
from goodfor.risk.operations.export_entries import export_entries, reveal_value
from goodfor.risk.operations.import_entries import import_entries
from goodfor.risk.operations.list_entry import add_entry, make_list, remove_entries
from goodfor.risk.rule_invariants import RULE_INVARIANTS
from goodfor.risk.rule_types import Added, Entry
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import LIST_TABLES, World, dump, sql
from goodfor.risk.types import KIND_NUMBERS, KeyKind
from goodfor.risk.wording_rules import TYPES as WORDS

world = rule_world.world
DAY = timedelta(days=1)


def add(world: World, kind: str, value: str = "buyer:1", type: str = "buyer", **more: Any) -> Added:
    """By Anna."""
    name = more.pop("name", "")
    entry = Entry(type, value, more.pop("reason", "测试"), **more)
    return add_entry(shop_id=world.shop_id, kind=kind, name=name, entry=entry, actor=world.anna, now=world.now)


def states_of(*, kind: str) -> list[str]:
    """In the order in which they were made."""
    return [state for (state,) in sql("SELECT state FROM risk_list_entry WHERE kind = %s ORDER BY id", [kind])]


def faults(now: datetime) -> dict[str, Any]:
    """What the audit says."""
    return {one.name: found.violations for one in RULE_INVARIANTS if not (found := invariants.run(one, now)).ok}


# -- values -----------------------------------------------------------------------------------------


def test_types_have_words() -> None:
    assert set(WORDS) == set(TYPES)


@pytest.mark.parametrize(
    ("type", "value", "normed", "label"),
    [
        ("phone", " 138 0013-8000 ", "+8613800138000", "+86138****8000"),
        ("phone", "\ufeff１３８００１３８０００\u3000", "+8613800138000", "+86138****8000"),
        ("mail_domain", "ｍａｉｌ．ｒｕ", "mail.ru", "mail.ru"),
        ("mail", "A.Nna+x@Example.com", "a.nna@example.com", "a***@example.com"),
        ("address", "::ffff:203.0.113.9", "203.0.113.9", "203.0.113.*"),
        ("address", "2001:db8::5", "2001:db8::/64", "2001:db8::/48"),
        ("network", "203.0.113.9", "203.0.113.0/24", "203.0.113.0/24"),
        ("mail_domain", "Mail.RU.", "mail.ru", "mail.ru"),
        ("sku", "STEAM-100", "STEAM-100", "STEAM-100"),
        ("ip_province", "浙江", "浙江", "浙江"),
        ("buyer", "buyer:0197a1b2-c3d4-7000-8000-000000000001", "buyer:0197a1b2-c3d4-7000-8000-000000000001",
         "buyer:0197a1…0001"),
    ],
)  # fmt: skip
def test_one_spelling_and_a_mask(type: str, value: str, normed: str, label: str) -> None:
    assert normal(type, value) == normed
    assert normal(type, normed) == normed
    assert masked(type, normed) == label


@pytest.mark.parametrize(
    ("type", "value"),
    [("phone", "abc"), ("mail", "nobody"), ("address", "1.2.3"), ("network", "x"), ("mail_domain", "localhost"),
     ("sku", " "), ("sku", "x" * 121), ("sku", "a\x00b"), ("mail_domain", "a@b.c"), ("buyer", "a\nb")],
)  # fmt: skip
def test_what_is_no_such_thing(world: World, type: str, value: str) -> None:
    assert normal(type, value) == ""
    before = dump(*LIST_TABLES)
    with pytest.raises(InvalidEntry) as refused:
        add(world, "block", value, type)
    assert refused.value.data["field"] == "value"
    assert dump(*LIST_TABLES) == before


def test_nothing_personal_lies_there(world: World) -> None:
    add(world, "block", "13800138000", "phone")
    add(world, "block", "someone@example.com", "mail")
    stored = " ".join(row for rows in dump("risk_list_entry", "kernel_audit").values() for (row,) in rows)
    assert "13800138000" not in stored
    assert "someone@" not in stored
    assert "138****8000" in stored


# -- one by one -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("grey", {}, "kind"), ("custom", {}, "kind"), ("block", {"name": "vip"}, "kind"),
        ("block", {"type": "shoe"}, "type"), ("block", {"reason": " "}, "reason"),
        ("block", {"reason": "x" * 201}, "reason"), ("allow", {"expires_in": DAY}, "owner"),
        ("allow", {"owner": "anna"}, "expires_at"), ("block", {"expires_in": timedelta(0)}, "expires_at"),
        ("allow", {"owner": "anna", "expires_in": timedelta(days=367)}, "expires_at"),
    ],
)  # fmt: skip
def test_entries_say_what_they_must(world: World, kind: str, more: dict[str, Any], field: str) -> None:
    more = dict(more)
    if "expires_in" in more:
        more["expires_at"] = world.now + more.pop("expires_in")
    before = dump(*LIST_TABLES)
    with pytest.raises(InvalidEntry) as refused:
        add(world, kind, **more)
    assert refused.value.data["field"] == field
    assert dump(*LIST_TABLES) == before


def test_nobody_is_twice_on_a_list_but_comes_back_after_the_end(world: World) -> None:
    for kind, more in (("block", {}), ("allow", {"owner": "anna"}), ("watch", {})):
        add(world, kind, expires_at=world.now + DAY, **more)
        before = dump(*LIST_TABLES)
        with pytest.raises(EntryKnown):
            add(world, kind, expires_at=world.now + 2 * DAY, **more)
        assert dump(*LIST_TABLES) == before
    later = world.now + DAY
    add_entry(
        shop_id=world.shop_id, kind="block", entry=Entry("buyer", "buyer:1", "又来了"), actor=world.anna, now=later
    )  # fmt: skip
    assert states_of(kind="block") == ["removed", "active"]
    assert faults(later) == {}


def test_custom_lists_have_a_name_and_one_type(world: World) -> None:
    wish = {"shop_id": world.shop_id, "words": "", "actor": world.anna, "now": world.now}
    make_list(name="vip", type="buyer", **wish)
    for name, type, field in (
        ("vip", "sku", "name"),
        ("Vip", "sku", "name"),
        ("x", "shoe", "type"),
        ("", "sku", "name"),
        ("a" * 41, "sku", "name"),
    ):
        with pytest.raises(InvalidList) as refused:
            make_list(name=name, type=type, **wish)
        assert refused.value.data["field"] == field
    with pytest.raises(InvalidEntry) as wrong:
        add(world, "custom", "A-1", "sku", name="vip")
    assert wrong.value.data["field"] == "type"
    with pytest.raises(ListNotFound):
        add(world, "custom", name="nope")
    add(world, "custom", name="vip")
    assert [one.name for one in rule_queries.custom_lists(world.shop_id)] == ["vip"]
    assert [one.label for one in rule_queries.entries(world.shop_id, "custom", name="vip")] == ["buyer:1"]


# -- four eyes --------------------------------------------------------------------------------------


def test_a_hard_block_waits_for_a_second_person_and_never_goes(world: World) -> None:
    added = add(world, "block_hard")
    assert not added.done
    assert world.judge({}, buyer="buyer:1").immutable_block is None
    before = dump(*LIST_TABLES)
    with pytest.raises(SecondPersonNeeded):
        approve(shop_id=world.shop_id, proposal_id=added.proposal_id, actor=world.anna, now=world.now)
    with pytest.raises(Forbidden):
        approve(shop_id=world.shop_id, proposal_id=added.proposal_id, actor=world.cora, now=world.now)
    with pytest.raises(EntryKnown):
        add(world, "block_hard")
    assert dump(*LIST_TABLES) == before
    approve(shop_id=world.shop_id, proposal_id=added.proposal_id, actor=world.bert, now=world.now)
    assert world.judge({}, buyer="buyer:1").immutable_block is not None
    before = dump(*LIST_TABLES)
    with pytest.raises(EntryKept):
        remove_entries(
            shop_id=world.shop_id, entry_ids=[added.entry_id], reason="求情", actor=world.anna, now=world.now
        )  # fmt: skip
    assert dump(*LIST_TABLES) == before
    assert faults(world.now) == {}


def test_a_hard_block_may_be_given_an_end(world: World) -> None:
    added = add(world, "block_hard", expires_at=world.now + DAY)
    approve(shop_id=world.shop_id, proposal_id=added.proposal_id, actor=world.bert, now=world.now)
    assert world.judge({}, buyer="buyer:1").immutable_block is not None
    assert world.judge({}, now=world.now + DAY, buyer="buyer:1").immutable_block is None
    again = add_entry(
        shop_id=world.shop_id, kind="block_hard", entry=Entry("buyer", "buyer:1", "又来了"), actor=world.anna,
        now=world.now + DAY,
    )  # fmt: skip
    assert not again.done
    assert states_of(kind="block_hard") == ["active", "pending"]


@pytest.mark.parametrize("end", [refuse, withdraw])
def test_what_is_not_approved_is_dropped(world: World, end: Any) -> None:
    added = add(world, "block_hard")
    end(
        shop_id=world.shop_id, proposal_id=added.proposal_id, actor=world.bert if end is refuse else world.anna,
        now=world.now,
    )  # fmt: skip
    assert states_of(kind="block_hard") == ["dropped"]
    assert world.judge({}, buyer="buyer:1").immutable_block is None
    add(world, "block_hard")


def test_out_of_a_block_it_takes_two(world: World) -> None:
    added = add(world, "block")
    wish = {"shop_id": world.shop_id, "entry_ids": [added.entry_id], "reason": "已核实", "now": world.now}
    with pytest.raises(Forbidden):
        remove_entries(actor=world.cora, **wish)
    change = remove_entries(actor=world.anna, **wish)
    assert not change.done
    before = dump(*LIST_TABLES)
    with pytest.raises(ProposalWaits):
        remove_entries(actor=world.bert, **wish)
    with pytest.raises(SecondPersonNeeded):
        approve(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=world.anna, now=world.now)
    assert dump(*LIST_TABLES) == before
    assert world.judge({}, buyer="buyer:1").block is not None
    dora = rule_world.staff(world.shop_id, "dora", "operator", world.now)
    approve(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=dora, now=world.now)
    assert world.judge({}, buyer="buyer:1").block is None
    with pytest.raises(EntryNotFound):
        remove_entries(actor=world.anna, **wish)
    assert faults(world.now) == {}


def test_others_go_at_once_by_one_list_at_a_time(world: World) -> None:
    watched = [add(world, "watch", f"buyer:{number}").entry_id for number in range(3)]
    blocked = add(world, "block").entry_id
    before = dump(*LIST_TABLES)
    for ids, error in (([*watched, blocked], InvalidEntry), ([], InvalidEntry), ([*watched, uuid4()], EntryNotFound)):
        with pytest.raises(error):
            remove_entries(shop_id=world.shop_id, entry_ids=ids, reason="x", actor=world.anna, now=world.now)
    with pytest.raises(InvalidEntry):
        remove_entries(shop_id=world.shop_id, entry_ids=watched, reason=" ", actor=world.anna, now=world.now)
    with pytest.raises(EntryNotFound):
        remove_entries(shop_id=uuid4(), entry_ids=watched, reason="x", actor=world.anna, now=world.now)
    assert dump(*LIST_TABLES) == before
    assert remove_entries(shop_id=world.shop_id, entry_ids=watched, reason="x", actor=world.cora, now=world.now).done
    assert states_of(kind="watch") == ["removed"] * 3


# -- the database insists ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM risk_list_entry",
        "TRUNCATE risk_list_entry",
        "UPDATE risk_list_entry SET state = 'removed', removed_by = 'x', removed_at = made_at",
        "UPDATE risk_list_entry SET expires_at = made_at + interval '1 minute'",
        "UPDATE risk_list_entry SET key = key + 1",
        "UPDATE risk_list_entry SET reason = 'other'",
        "UPDATE risk_list_entry SET kind = 'watch'",
        "UPDATE risk_list_entry SET removed_by = 'x'",
        "INSERT INTO risk_list_entry (id, shop_id, kind, name, type, key, label, reason, owner, state, made_by,"
        " made_at, removed_by, proposal_id) SELECT gen_random_uuid(), shop_id, 'block_hard', '', type, 5, label,"
        " reason, '', 'active', made_by, made_at, '', proposal_id FROM risk_list_entry",
        "INSERT INTO risk_list_entry (id, shop_id, kind, name, type, key, label, reason, owner, state, made_by,"
        " made_at, removed_by, proposal_id) SELECT gen_random_uuid(), shop_id, 'block_hard', '', type, 5, label,"
        " reason, '', 'pending', made_by, made_at, '', proposal_id FROM risk_list_entry",
    ],
)
@pytest.mark.parametrize("kind", ["block_hard", "block"])
def test_past_the_operations_entries_stay(world: World, statement: str, kind: str) -> None:
    added = add(world, kind)
    if added.proposal_id:
        approve(shop_id=world.shop_id, proposal_id=added.proposal_id, actor=world.bert, now=world.now)
    before = dump(*LIST_TABLES)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert dump(*LIST_TABLES) == before


def test_pending_cannot_be_made_to_count(world: World) -> None:
    add(world, "block_hard")
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("UPDATE risk_list_entry SET state = 'active'")


# -- files ------------------------------------------------------------------------------------------


def cells(text: str) -> list[dict[str, str]]:
    """As a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


FILE = """type,value,reason,owner,expires_at
phone,13800138000,刷单,,
phone,+86 138 0013 8000,同一个号码,,
mail,bad@example.com,刷单,,2026-03-01
mail,nobody,刷单,,
shoe,x,刷单,,
sku,A-1,,,
sku,A-1,刷单,,昨天
,,,,
buyer,buyer:7,刷单,bert,2026-03-01T08:00:00+08:00
"""


def test_an_import_is_tried_first_and_counts_exactly(world: World) -> None:
    before = dump(*LIST_TABLES)
    wish = {"shop_id": world.shop_id, "kind": "block", "text": FILE, "actor": world.anna, "now": world.now}
    tried = import_entries(dry_run=True, **wish)
    assert dump(*LIST_TABLES) == before
    assert (tried.lines, tried.added, tried.known, tried.bad_lines) == (8, 3, 1, 4)
    assert tried.bad == ((5, "value"), (6, "type"), (7, "reason"), (8, "expires_at"))
    assert import_entries(**wish) == tried
    assert sql("SELECT type, count(*)::int FROM risk_list_entry GROUP BY 1 ORDER BY 1") == [
        ("buyer", 1), ("mail", 1), ("phone", 1),
    ]  # fmt: skip
    again = import_entries(**wish)
    assert (again.added, again.known) == (0, 4)
    assert world.judge({}, phone="13800138000").block is not None
    assert world.judge({}, mail="bad@example.com", now=world.now + timedelta(days=59)).block is None
    [line, _] = audit.lines_of(shop_id=world.shop_id, subject=("shop", world.shop_id))[-2:]
    assert (line.action, line.data["added"], line.data["bad"]) == ("risk_list_imported", 3, 4)


def test_hard_blocks_of_a_file_wait_together(world: World) -> None:
    report = import_entries(shop_id=world.shop_id, kind="block_hard", text=FILE, actor=world.anna, now=world.now)
    assert report.proposal_id is not None
    assert states_of(kind="block_hard") == ["pending"] * 3
    approve(shop_id=world.shop_id, proposal_id=report.proposal_id, actor=world.bert, now=world.now)
    assert states_of(kind="block_hard") == ["active"] * 3
    assert faults(world.now) == {}


@pytest.mark.parametrize(
    ("text", "field"),
    [("", "columns"), ("a,b\n1,2\n", "columns"), ("type,value\nsku,A\n", "columns"),
     ("type,type,value,reason\n", "columns"),
     ('type,value,reason\nsku,"A,x\n', "file"), ("type,value,reason\nsku,A\0,x\n", "file")],
)  # fmt: skip
def test_what_is_no_such_file(world: World, text: str, field: str) -> None:
    before = dump(*LIST_TABLES)
    with pytest.raises(InvalidEntry) as refused:
        import_entries(shop_id=world.shop_id, kind="block", text=text, actor=world.anna, now=world.now)
    assert refused.value.data["field"] == field
    assert dump(*LIST_TABLES) == before


def test_allowances_in_files_have_owner_and_end_too(world: World) -> None:
    report = import_entries(shop_id=world.shop_id, kind="allow", text=FILE, actor=world.anna, now=world.now)
    assert (report.added, report.bad_lines) == (1, 7)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2026/3/1", "2026-03-01"), ("２０２６年３月１日", "2026-03-01"), ("2026-03-01 08:30", "2026-03-01T08:30")],
)
def test_days_as_people_write_them(world: World, written: str, meant: str) -> None:
    text = f"type,value,reason,expires_at\nsku,A-1,测试,{written}\n"
    report = import_entries(shop_id=world.shop_id, kind="block", text=text, actor=world.anna, now=world.now)
    assert (report.added, report.bad) == (1, ())
    assert sql("SELECT expires_at FROM risk_list_entry") == [(datetime.fromisoformat(meant).replace(tzinfo=UTC),)]


def test_what_was_seen_is_listed_by_its_key(world: World) -> None:
    """Nobody has to read the value; what nobody ever saw, or another kind of thing, is none."""
    key = key_of(world.shop_id, KeyKind.PHONE, "13800138000")
    wish = {"shop_id": world.shop_id, "kind": "block", "actor": world.anna, "now": world.now}
    before = dump(*LIST_TABLES)
    for type_, asked, field in (("phone", key, "value"), ("sku", key, "type"), ("shoe", key, "type")):
        with pytest.raises(InvalidEntry) as refused:
            add_entry(entry=Entry(type_, "", "刷单"), key=asked, **wish)
        assert refused.value.data["field"] == field
    assert dump(*LIST_TABLES) == before
    sql(
        "INSERT INTO risk_entity (id, shop_id, kind, key, label, first_at, last_at)"
        " VALUES (gen_random_uuid(), %s, %s, %s, %s, now(), now())",
        [world.shop_id, KIND_NUMBERS[KeyKind.PHONE], key, "+86138****8000"],
    )
    with pytest.raises(InvalidEntry):
        add_entry(entry=Entry("phone", "", " "), key=key, **wish)
    add_entry(entry=Entry("phone", "", "刷单"), key=key, **wish)
    assert world.judge({}, phone="13800138000").block is not None
    assert [one.label for one in rule_queries.entries_of_value(world.shop_id, "phone", "138-0013-8000")] == [
        "+86138****8000"
    ]
    assert rule_queries.entries_of_value(uuid4(), "phone", "13800138000") == []
    with pytest.raises(EntryKnown):
        add_entry(entry=Entry("phone", "13800138000", "刷单"), **wish)


def test_an_export_goes_in_again_and_calculates_nothing(world: World) -> None:
    add(world, "block", "13800138000", "phone", reason="=cmd|' /C calc'!A1", keep_value=True)
    add(world, "block", "bad@example.com", "mail", reason="+1")
    add(world, "block", "A-1", "sku", reason="普通", expires_at=world.now + DAY)
    add(world, "block", "A-2", "sku", expires_at=world.now + timedelta(minutes=1))
    wish = {"shop_id": world.shop_id, "kind": "block", "actor": world.anna, "now": world.now + timedelta(hours=1)}
    text = export_entries(**wish)
    rows = cells(text)
    assert [row["value"] for row in rows] == ["", "", "A-1"]
    assert [row["reason"] for row in rows] == ["'=cmd|' /C calc'!A1", "'+1", "普通"]
    assert "13800138000" not in text
    asked = ask_export(reason="核对", **wish)
    assert not asked.done
    with pytest.raises(ExportNotApproved):
        export_entries(approved=asked.proposal_id, **wish)
    with pytest.raises(SecondPersonNeeded):
        approve(shop_id=world.shop_id, proposal_id=asked.proposal_id, actor=world.anna, now=wish["now"])
    approve(shop_id=world.shop_id, proposal_id=asked.proposal_id, actor=world.bert, now=wish["now"])
    for odd in ({"actor": world.bert}, {"kind": "watch"}, {"shop_id": uuid4()}, {"now": wish["now"] + DAY}):
        with pytest.raises(ExportNotApproved):
            export_entries(approved=asked.proposal_id, **(wish | odd))
    told = cells(export_entries(approved=asked.proposal_id, **wish))
    assert [row["value"] for row in told] == ["'+8613800138000", "", "A-1"]
    keys = sql("SELECT key FROM risk_list_entry ORDER BY id LIMIT 3")
    other = import_entries(
        shop_id=world.shop_id, kind="watch", text=text, actor=world.anna, now=world.now
    )  # fmt: skip
    assert (other.added, other.bad_lines) == (3, 0)
    assert sql("SELECT key FROM risk_list_entry WHERE kind = 'watch' ORDER BY id") == keys
    assert sql("SELECT reason FROM risk_list_entry WHERE kind = 'watch' ORDER BY id LIMIT 1") == [
        ("=cmd|' /C calc'!A1",)
    ]  # fmt: skip
    taken = [line for line in audit.lines_of(shop_id=world.shop_id, subject=("shop", world.shop_id))
             if line.action == "risk_list_exported"]  # fmt: skip
    assert [line.data["with_values"] for line in taken] == [False, True]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t1", "＝1", "'quoted", "plain", "'=1", ""])
def test_cells_survive(text: str) -> None:
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "＝"))
    assert plain_cell(safe_cell(text)) == text or text.startswith("'=")


def test_values_are_kept_sealed_where_somebody_chose_so(world: World) -> None:
    kept = add(world, "block", "13800138000", "phone", keep_value=True).entry_id
    other = add(world, "block", "13900139000", "phone").entry_id
    wish = {"shop_id": world.shop_id, "actor": world.bert, "now": world.now}
    assert reveal_value(entry_id=kept, **wish) == "+8613800138000"
    assert reveal_value(entry_id=other, **wish) == ""
    assert reveal_value(entry_id=kept, **(wish | {"shop_id": uuid4()})) == ""
    assert [line.action for line in audit.lines_of(shop_id=world.shop_id, subject=("risk_list_entry", kept))] == [
        "risk_list_added", "risk_list_value_seen",
    ]  # fmt: skip
    before = sql("SELECT value_key_id FROM risk_list_entry WHERE id = %s", [kept])
    keyring().rotate()
    [column] = LIST_SEALED
    assert column.reseal is not None
    assert column.reseal(after=None, now=world.now).found == 1
    assert sql("SELECT value_key_id FROM risk_list_entry WHERE id = %s", [kept]) != before
    assert reveal_value(entry_id=kept, **wish) == "+8613800138000"


def test_the_key_is_the_one_that_events_count_by(world: World) -> None:
    assert list_key(world.shop_id, "phone", normal("phone", "13800138000")) == next(
        iter(world.keys(phone="138 0013 8000").values())
    )
