"""A supplier who is written to: what waits goes on one sheet, once; what comes back is taken order by order."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.supply import queries
from goodfor.supply.errors import AnswersRefused, NothingToPutOut
from goodfor.supply.models import Item as KnownItem
from goodfor.supply.models import Supplier
from goodfor.supply.operations.close_late_wants import close_late_wants
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier, switch_supplier
from goodfor.supply.operations.note_items import note_items
from goodfor.supply.operations.put_out_sheet import fetch_sheet, put_out_sheet
from goodfor.supply.operations.read_answers import AnswersRead, read_answers
from goodfor.supply.operations.set_offers import Terms, set_offer, set_route
from goodfor.supply.providers.values import Item, Stock
from goodfor.supply.tests.market import Market, rows

HEAD = "我方单号,卡号,卡密,结果,备注"


class Paper:
    """A file supplier of the fair."""

    def __init__(self, fair: Market) -> None:
        self.fair, now = fair, utc_now()
        wanted = Connection("files", "paul", "Paul", "CNY", {"format": "csv"}, {})
        self.id: UUID = connect_supplier(
            shop_id=fair.shop,
            wanted=wanted,
            contract=Contract(cycle="monthly"),
            shop_currency="CNY",
            actor="test",
            now=now,
        ).id
        fair.ids["paul"] = self.id
        item = Item("P1", "卡", "card", Decimal("8.00"), "CNY", stock=Stock("unlimited"))
        note_items(supplier=Supplier.objects.get(shop_id=fair.shop, id=self.id), items=[item], now=now)
        switch_supplier(shop_id=fair.shop, supplier_id=self.id, enabled=True, actor="test", now=now)
        known = KnownItem.objects.get(shop_id=fair.shop, supplier_id=self.id)
        set_offer(shop_id=fair.shop, sku_id=fair.sku, item=known.id, terms=Terms(), actor="test", now=now)
        set_route(shop_id=fair.shop, sku_id=fair.sku, deadline_seconds=86_400, actor="test", now=now)

    def orders(self, *quantities: int) -> list[UUID]:
        lines = [self.fair.want(quantity, seconds=86_400) for quantity in quantities]
        self.fair.buy()
        return lines

    def out(self) -> UUID:
        made = put_out_sheet(shop_id=self.fair.shop, supplier_id=self.id, actor="staff:x", now=utc_now())
        assert made.id is not None
        return made.id

    def numbers(self, sheet: UUID) -> list[str]:
        """Our numbers on the sheet, a row for each unit."""
        file = fetch_sheet(shop_id=self.fair.shop, supplier_id=self.id, sheet_id=sheet, actor="staff:x", now=utc_now())
        found = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
        return [row[0] for row in found[1:]]

    def read(self, *lines: str, **more: bool) -> AnswersRead:
        data = "\r\n".join([HEAD, *lines]).encode("gb18030")
        return read_answers(
            shop_id=self.fair.shop,
            supplier_id=self.id,
            data=data,
            name="回执.csv",
            actor="staff:x",
            now=utc_now(),
            **more,
        )


@pytest.fixture
def paper(fair: Market) -> Paper:
    return Paper(fair)


def test_out_on_one_sheet_and_back_in_order_by_order(paper: Paper) -> None:
    fair = paper.fair
    two, one, bad = paper.orders(2, 1, 1)
    assert [fair.states(line) for line in (two, one, bad)] == [["accepted"]] * 3
    look = put_out_sheet(shop_id=fair.shop, supplier_id=paper.id, actor="staff:x", now=utc_now(), dry_run=True)
    assert (look.id, look.orders, look.units) == (None, 3, 4)
    sheet = paper.out()
    with pytest.raises(NothingToPutOut):
        paper.out()
    first, second, third = (fair.attempts(line)[0].number for line in (two, one, bad))
    assert sorted(paper.numbers(sheet)) == sorted([f"N{first}"] * 2 + [f"N{second}", f"N{third}"])

    sent = (
        f"N{first},GF1,PAUL-AAAA-0001,,", f"N{first},GF2,PAUL-AAAA-0002,,", f"{second},GF3,PAUL-AAAA-0003,,",
        f"{third},,,失败,没货", "999999999999999999,,PAUL-AAAA-0009,,", "88,,PAUL-AAAA-0010,,",
    )  # fmt: skip
    seen = paper.read(*sent, dry_run=True)
    verdicts = {read.number: read.verdict for read in seen.orders}
    assert verdicts == {first: "whole", second: "whole", third: "failed", "999999999999999999": "unknown"}
    assert [(problem.row, problem.code) for problem in seen.problems] == [(7, "bad_number")]
    assert fair.states(two) == ["accepted"]
    paper.read(*sent)
    assert [fair.states(line) for line in (two, one)] == [["delivered"]] * 2
    assert fair.states(bad)[0] == "failed"
    assert (fair.reserved(two), fair.reserved(one)) == (2, 1)
    # The same file again changes nothing; what has ended is on no sheet that is fetched again.
    again = paper.read(*sent)
    assert again.count("known") == 3
    assert rows("SELECT count(*) FROM supply_mark") == [(3,)]
    with pytest.raises(NothingToPutOut):
        paper.numbers(sheet)
    (answered, _first) = queries.paper_desk(fair.shop, paper.id).answers
    assert (answered.known, answered.left, answered.problems) == (3, 1, 1)


def test_too_few_waits_for_the_rest_unless_it_is_all(paper: Paper) -> None:
    fair = paper.fair
    (line,) = paper.orders(2)
    paper.out()
    number = fair.attempts(line)[0].number
    half = paper.read(f"{number},,PAUL-BBBB-0001,,")
    assert ([read.verdict for read in half.orders], fair.states(line)) == (["part"], ["accepted"])
    paper.read(f"{number},,PAUL-BBBB-0001,,", part_is_all=True)
    assert fair.states(line)[0] == "partial"
    assert fair.reserved(line) == 1
    # A code that came before is told in the preview.
    (other,) = paper.orders(1)
    fresh = next(one.number for one in fair.attempts(other) if one.state == "accepted")
    looked = paper.read(f"{fresh},,paul-bbbb 0001,,", dry_run=True)
    assert looked.orders[0].doubles == 1


def test_what_nobody_waits_for_is_not_put_out(paper: Paper) -> None:
    fair = paper.fair
    (line,) = paper.orders(1)
    from_now = utc_now() + timedelta(days=1, minutes=2)
    close_late_wants(now=from_now)
    gone = put_out_sheet(shop_id=fair.shop, supplier_id=paper.id, actor="staff:x", now=from_now)
    assert (gone.id, gone.orders, gone.dropped) == (None, 0, 1)
    assert fair.states(line) == ["failed"]
    assert paper.read().orders == ()
    with pytest.raises(AnswersRefused):
        read_answers(
            shop_id=fair.shop, supplier_id=paper.id, data=b"a,b\n1,2\n", name="x.csv", actor="staff:x", now=from_now
        )
    row = queries.paper_desk(fair.shop, paper.id).supplier
    assert (row.waiting, row.unsent) == (0, 0)
