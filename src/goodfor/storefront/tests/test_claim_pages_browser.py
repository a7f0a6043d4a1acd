"""Claims in a real browser: each state of the progress page, the recall on the order page, what is owed."""

from typing import Any

from django.test import Client

from goodfor.aftersales.operations.ask_buyer import ask_buyer
from goodfor.aftersales.operations.grant import grant
from goodfor.aftersales.operations.write_reply import write_reply
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.orders import queries as orders
from goodfor.storefront.tests.test_claim_pages import claim, everybody_gets, id_of, picture, recalled, reveal_all
from goodfor.storefront.tests.test_pages import code_ids, open_order
from goodfor.storefront.tests.world import World

__all__ = ["browser", "orm_beside_the_browser"]
pytestmark = browser_marks
SAID, QUESTION = "收到，正在查", "截图要看得到时间"


def claims_of(client: Client, world: World, number: str) -> dict[str, str]:
    """Addresses of claims on three codes of an order: rejected, replaced, with a person (and a talk)."""
    first, second, third = code_ids(client, number)
    found = {}
    for code, then, why in ((first, "reject", "still_valid"), (second, "replace", "bad_replaced"),
                            (third, "person", "check_person")):  # fmt: skip
        everybody_gets(world, then, why)
        found[then] = claim(client, number, code=code, text="平台说不存在", picture=[picture()])
    case = {"shop_id": world.shop_id, "case_id": id_of(found["person"]), "actor": "staff:kim", "now": utc_now()}
    write_reply(**case, text=SAID)
    order = orders.order_by_number(world.shop_id, number)
    for kind, of in (("compensation", id_of(found["replace"])), ("late_answer", id_of(found["person"]))):
        grant(
            shop_id=world.shop_id, case_id=of, order_id=order.id, line_id=order.lines[0].line_id, kind=kind,
            amount_minor=19_400, currency="CNY", way="wallet", reason="x", now=utc_now(),
        )  # fmt: skip
    return found


@every_size
def test_every_claim_page(world: World, live_server: Any, browser: Any, width: int, language: str) -> None:
    number, secret = world.orders["delivered"]
    client = Client()
    open_order(client, world)
    reveal_all(client, number)
    found = claims_of(client, world, number)
    recalled(world, number, code_ids(client, number)[:2])
    visit = Visit(browser, live_server.url, width, language, (*world.given, SAID, QUESTION, "平台说不存在"))
    visit.open(f"/o/{number}?k={secret}")
    visit.check("claim-order")
    for name, path in found.items():
        visit.open(path)
        visit.check(f"claim-{name}")
    ask_buyer(
        shop_id=world.shop_id, case_id=id_of(found["person"]), why="need_picture", note=QUESTION, actor="staff:kim",
        now=utc_now(),
    )  # fmt: skip
    visit.open(found["person"])
    visit.check("claim-asked")
    visit.open(f"/o/{number}/claim")
    visit.check("claim-rest")
    visit.open(f"/lookup?number={number}&go=claim")
    visit.check("lookup-claim")
    other, secret = world.orders["claimed"]
    visit.open(f"/o/{other}?k={secret}")
    visit.check("claim-without-case")
    assert not visit.faults, "\n".join(visit.faults)
