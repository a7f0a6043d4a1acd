"""Pages of figures: what they show is what insights say, for whom it is, and nothing of another shop."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, person, sql, state_of_all
from goodfor.console.tests.insight_things import OPEN_SPEC, SPEC, filled, foreseen, reported, told
from goodfor.console.views.insights.cohorts import heat
from goodfor.identity.types import Role
from goodfor.insights import queries
from goodfor.insights.tasks import send_reports
from goodfor.insights.types import Ask, CohortRow
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit import writing

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/console/insights/"
PAGES = ("", "tops/", "stock/", "cohorts/", "funnel/", "health/", "brief/", "reports/")
SECRET = ("毛利", "利润", "成本", "净收入")


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200, answer.content.decode()[:800]
    return text_of(answer)


def spelled(minor: int) -> str:
    return re.sub(r"<[^>]+>", "", str(writing.money(Money(minor, "CNY"))))


# -- dashboard --------------------------------------------------------------------------------------


def test_the_dashboard_is_what_insights_say(shop: Shop) -> None:
    today = filled(shop)
    client = inside(shop.id)
    last = today - timedelta(days=1)
    ask = Ask(last - timedelta(days=29), last, "CNY")
    now, before = queries.totals(shop.id, ask), queries.totals(shop.id, ask.before())
    html = client.get(BASE).content.decode()
    plain = re.sub(r"<[^>]+>", "", html)
    for minor in (now.gmv_minor, now.net_minor, now.margin_minor, now.profit_minor):
        assert spelled(minor) in plain
    change = (now.gmv_minor - before.gmv_minor) / before.gmv_minor
    assert f"{change:+.1%}" in plain
    assert "上期" in plain
    assert writing.percent(now.margin_rate) in plain
    # The flow: 20 of 40 were paid on each day, 3 of 18 delivered ones are claimed.
    assert writing.percent(0.5) in plain
    assert writing.percent(3 / 18) in plain
    # Each chart stands with its table, its definition and its file.
    for chart in ("gmv", "profit", "counts", "shares", "flow"):
        drawn = html[html.index(f'id="chart-{chart}"') :]
        assert drawn[drawn.index("<tbody>") : drawn.index("</tbody>")].count("<tr>") == 30
    assert html.count('name="format" value="xlsx"') == 6
    by_sku = queries.slices(shop.id, ask, "sku")
    assert html.count('<td class="keep-first">') == len(by_sku) == 2
    assert all(spelled(one.figures.gmv_minor) in plain for one in by_sku)


def test_filters_stand_in_the_address_and_narrow(shop: Shop) -> None:
    today = filled(shop)
    client, sku = inside(shop.id), shop.demo.skus["kw-50"]
    last = today - timedelta(days=1)
    ask = Ask(last - timedelta(days=6), last, "CNY", sku_ids=(sku,), channels=("api",), segments=("new",))
    plain = re.sub(r"<[^>]+>", "", client.get(f"{BASE}?span=7d&sku={sku}&channel=api&segment=new").content.decode())
    assert spelled(queries.totals(shop.id, ask).gmv_minor) in plain
    assert "已筛选" in plain
    # Typed days win over the span; what cannot be is told and left out.
    shown = page(client, f"{BASE}?day_from={today - timedelta(days=2)}&day_until={today}")
    assert f"{today - timedelta(days=2)} 至 {today}" in shown
    for wrong, said in (
        ("sku=x", "有条件没有用上"), (f"sku={uuid4()}", "没有这个选项"), ("channel=%27x", "没有这个选项"),
        ("day_from=2026-13-01", "请写成"), ("day_from=2020-01-01&day_until=2026-01-01", "最多 1,100 天"),
        ("segment=rich", "没有这个选项"), ("campaign=1", "没有这个选项"),
    ):  # fmt: skip
        assert said in page(client, f"{BASE}?{wrong}"), wrong
    assert "没有转化率和售后率" in page(client, f"{BASE}?campaign={uuid4()}")
    assert "这段时间没有生意" in page(client, f"{BASE}?campaign={uuid4()}")
    for by in ("category", "supplier", "channel", "method", "segment", "campaign", "x"):
        assert client.get(f"{BASE}?by={by}&span=today").status_code == 200
    assert "支付宝" in page(client, f"{BASE}?by=method")


def test_an_empty_shop_is_told_what_to_do(shop: Shop) -> None:
    client = inside(shop.id)
    for path, said in zip(
        PAGES,
        ("数字会出现在这里", "没有可以排名的", "每天凌晨 3 点", "有人付款之后", "没有人下单", "还没有供应商",
         "每天早上 7 点会写一份", "存为定时报表"),
        strict=True,
    ):  # fmt: skip
        assert said in page(client, BASE + path), path


# -- who may see margins ----------------------------------------------------------------------------


def test_margins_are_not_for_everybody(shop: Shop) -> None:
    today = filled(shop)
    foreseen(shop, today)
    told(shop, today)
    for role in (Role.VIEWER, Role.SUPPORT):
        client = inside(shop.id, role)
        for path in ("", "tops/", "funnel/", "brief/"):
            shown = page(client, BASE + path)
            assert not [word for word in SECRET if word in shown], (role, path)
        assert "供应商" not in page(client, BASE)
    for role in (Role.OPERATOR, Role.FINANCE):
        shown = page(inside(shop.id, role), BASE)
        assert all(word in shown for word in ("毛利率", "利润", "净收入"))


def test_files_hold_no_more_than_their_reader_may_see(shop: Shop) -> None:
    filled(shop)
    viewer, finance = inside(shop.id, Role.VIEWER), inside(shop.id, Role.FINANCE)
    asked = {"what": "figures", "by": "sku", "columns": "gmv_minor,margin_minor", "format": "csv"}
    before = state_of_all()
    for sent in (
        asked, {**asked, "columns": ""}, {**asked, "columns": "cost_minor"},
        {**asked, "by": "supplier", "columns": "units"},
        {"what": "suppliers", "format": "csv"}, {"what": "risk", "format": "csv"},
    ):  # fmt: skip
        assert viewer.post(f"{BASE}file", sent).status_code == 403, sent
    for sent in (
        {**asked, "columns": "secret"}, {**asked, "columns": "__class__"}, {**asked, "by": "shop_id"}, {"what": "x"},
        {**asked, "format": "exe"}, {"what": "cohorts", "kind": "x", "format": "csv"},
        {"what": "funnel", "by": "campaign", "format": "csv"},
    ):  # fmt: skip
        assert finance.post(f"{BASE}file", sent).status_code == 422, sent
    assert state_of_all() == before
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'insights.file_taken'") == [(0,)]
    answer = finance.post(f"{BASE}file?span=7d", asked)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="figures-sku-')
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "商品,支付金额,毛利"
    assert len(lines) == 4
    assert viewer.post(f"{BASE}file", {**asked, "columns": "gmv_minor,units"}).status_code == 200
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'insights.file_taken'") == [(2,)]
    for what, kind in (("cohorts", "kept"), ("cohorts", "paid"), ("stock", "7"), ("suppliers", ""), ("risk", ""),
                       ("funnel", "")):  # fmt: skip
        book = finance.post(f"{BASE}file", {"what": what, "kind": kind, "by": "", "format": "xlsx"})
        assert book.status_code == 200, what
        assert CalamineWorkbook.from_filelike(BytesIO(book.content)).sheet_names
    # Words, not keys, for channels and ways to pay.
    for by, word in (("method", "支付宝"), ("channel", "店铺前台")):
        sent = {**asked, "by": by, "columns": "units"}
        assert word in viewer.post(f"{BASE}file", sent).content.decode("utf-8-sig")


# -- stock, cohorts, funnel ----------------------------------------------------------------------------


def test_stock_says_how_long_and_how_many(shop: Shop) -> None:
    today = filled(shop)
    sku_id = foreseen(shop, today)
    client = inside(shop.id, Role.VIEWER)
    [one] = queries.restock(shop.id, 14)
    shown = page(client, f"{BASE}stock/")
    assert one.sku_id == sku_id
    assert f"{one.days_left:,.1f}" in shown
    assert f"{one.demand.low}–{one.demand.high}" in shown
    assert "要补货" in shown
    assert "没有符合条件的商品" in page(client, f"{BASE}stock/?q=zzz")
    assert one.name in page(client, f"{BASE}stock/?only=short&days=30")
    html = client.get(f"{BASE}stock/{sku_id}/").content.decode()
    assert '"band": true' in html
    for days in (7, 14, 30):
        [found] = [each for each in queries.demand_of(shop.id, days) if each.sku_id == sku_id]
        assert f"{found.low}–{found.high}" in text_of(client.get(f"{BASE}stock/{sku_id}/"))
    assert client.get(f"{BASE}stock/{uuid4()}/").status_code == 404
    assert "还没有预测" in page(client, f"{BASE}stock/{shop.demo.skus['kw-100']}/")


def test_cohorts_are_a_heat_table(shop: Shop) -> None:
    filled(shop)
    html = inside(shop.id, Role.VIEWER).get(f"{BASE}cohorts/").content.decode()
    table = html[html.index('id="cohorts"') : html.index("</table>")]
    assert table.count("heat-first") == 4
    assert "40%" in table
    assert "heat-9" in table
    assert "¥90" in text_of(inside(shop.id).get(f"{BASE}cohorts/?show=paid&months=24"))
    rows = [CohortRow(date(2026, 1, 1), 10, (10, 5, 0), (10, 5, 0), (1000, 500, 0))]
    [row] = heat(rows, "kept", "CNY", 4)
    assert row["cells"] == [("100%", "first"), ("50%", 9), ("0%", 0), ("", 0)]


def test_the_funnel_counts_each_step(shop: Shop) -> None:
    filled(shop)
    shown = page(inside(shop.id, Role.VIEWER), f"{BASE}funnel/?span=7d")
    for step in ("下单 280", "发起支付 210 75%", "已付款 140 66.66%", "已交付 126 90%"):
        assert step in shown
    assert "漏斗不能按供应商或活动查看" in page(inside(shop.id), f"{BASE}funnel/?campaign={uuid4()}")


def test_the_best_and_the_worst(shop: Shop) -> None:
    filled(shop)
    html = text_of(inside(shop.id).get(f"{BASE}tops/?by=segment&measure=units"))
    assert "交付件数最高" in html
    # Who may not see it ranks by something else.
    assert "交付金额最高" in page(inside(shop.id, Role.VIEWER), f"{BASE}tops/?measure=profit_minor")


# -- brief --------------------------------------------------------------------------------------------


def test_the_first_page_shows_three_things(shop: Shop) -> None:
    today = filled(shop)
    foreseen(shop, today)
    day = told(shop, today)
    client = inside(shop.id)
    found = queries.brief_of(shop.id, day)
    assert found is not None
    assert len(found) == 3
    for where in ("/console/", f"{BASE}brief/", f"{BASE}brief/?day={day}"):
        shown = page(client, where)
        assert all(one.text in shown for one in found), where
    assert "那天没有简报" in page(client, f"{BASE}brief/?day=2020-01-01")
    assert page(client, f"{BASE}brief/?day=x")
    # Old news stand on their own page alone.
    sql("ALTER TABLE insights_brief DISABLE TRIGGER USER")
    sql("UPDATE insights_brief SET day = day - 3 WHERE shop_id = %s", [shop.id])
    sql("ALTER TABLE insights_brief ENABLE TRIGGER USER")
    assert "每日简报：" not in page(client, "/console/")


# -- saved reports ------------------------------------------------------------------------------------


def form(**changed: Any) -> dict[str, Any]:
    return {
        "name": "日报", "by": "sku", "days": "7", "columns": ["gmv_minor", "margin_rate"], "rhythm": "weekly",
        "at_hour": "9", "weekday": "2", "day": "1", "staff": [], **changed,
    }  # fmt: skip


def test_a_report_is_made_changed_paused_and_dropped(shop: Shop) -> None:
    filled(shop)
    me = person(shop.id, Role.OPERATOR)
    client = inside(shop.id, Role.OPERATOR)
    sku = str(shop.demo.skus["kw-50"])
    answer = client.post(f"{BASE}reports/new", form(sku=sku, staff=[str(me.staff.id)]))
    assert answer.status_code == 302
    [made] = queries.reports(shop.id)
    assert (made.spec.by, made.spec.days, made.spec.filters) == ("sku", 7, (("sku_ids", (sku,)),))
    assert made.spec.columns == ("gmv_minor", "margin_rate")
    assert (made.rhythm, made.at_hour, made.weekday, made.staff_ids) == ("weekly", 9, 2, (me.staff.id,))
    here = reverse("desk:insights-report", args=[made.id])
    shown = page(client, here)
    for word in ("每周三 09:00", me.staff.username, "最近 7 天", "还没有发过"):
        assert word in shown
    assert client.post(f"{here}edit", form(name="改名", rhythm="never")).status_code == 302
    assert queries.report(shop.id, made.id).due_at is None
    assert client.post(f"{here}edit", form(name="改名")).status_code == 302
    assert client.post(f"{here}move", {"act": "pause"}).status_code == 302
    paused = queries.report(shop.id, made.id)
    assert (paused.state, paused.due_at, paused.rhythm) == ("paused", None, "weekly")
    # Changed while it rests it goes on resting, and twice is once.
    assert client.post(f"{here}edit", form(name="改名", at_hour="10")).status_code == 302
    assert client.post(f"{here}move", {"act": "pause"}).status_code == 302
    assert queries.report(shop.id, made.id).due_at is None
    assert "已暂停" in page(client, f"{BASE}reports/")
    assert client.post(f"{here}move", {"act": "resume"}).status_code == 302
    assert queries.report(shop.id, made.id).due_at is not None
    assert client.post(f"{here}move", {"act": "x"}).status_code == 422
    assert client.post(f"{here}move", {"act": "drop"}).status_code == 302
    assert queries.reports(shop.id) == []
    assert client.post(f"{here}move", {"act": "resume"}).status_code == 404
    assert sql("SELECT from_state, to_state FROM kernel_history WHERE subject_id = %s ORDER BY at", [made.id]) == [
        (None, "live"), ("live", "paused"), ("paused", "live"), ("live", "dropped"),
    ]  # fmt: skip


def test_what_is_wrong_with_a_report_is_said_beside_its_field(shop: Shop) -> None:
    reported(shop, "已有")
    viewer, client = person(shop.id, Role.VIEWER), inside(shop.id, Role.FINANCE)
    before = state_of_all()
    for wrong, said in (
        ({"name": ""}, "名称须为"), ({"name": "已有"}, "已有同名的报表"), ({"by": "shop"}, "没有这个维度"),
        ({"days": "0"}, "日期范围不正确"), ({"days": "x"}, "请写成整数"), ({"columns": ["x"]}, "没有这个指标"),
        ({"sku": "x"}, "筛选条件不正确"), ({"rhythm": "hourly"}, "发送时间不正确"), ({"day": "31"}, "发送时间不正确"),
        ({"staff": ["x"]}, "收件人不是"), ({"staff": [str(uuid4())]}, "收件人不是"),
        # Whoever may not see margins is sent none.
        ({"staff": [str(viewer.staff.id)]}, "收件人里有人无权看"),
    ):  # fmt: skip
        answer = client.post(f"{BASE}reports/new", form(**wrong))
        assert answer.status_code == 422, wrong
        assert said in text_of(answer), wrong
    assert state_of_all() == before
    sent = form(columns=["gmv_minor"], staff=[str(viewer.staff.id)])
    assert client.post(f"{BASE}reports/new", sent).status_code == 302
    # What the dashboard was asked stands in the form.
    shown = client.get(f"{BASE}reports/new?by=channel&days=90&channel=api").content.decode()
    assert '<option value="channel" selected>' in shown
    assert '<option value="api" selected>' in shown
    assert 'value="90"' in shown


def test_sent_issues_stay_and_are_for_those_who_may(shop: Shop) -> None:
    filled(shop)
    secret, plain = reported(shop, "毛利表", SPEC), reported(shop, "销量表", OPEN_SPEC)
    finance, viewer = inside(shop.id, Role.FINANCE), inside(shop.id, Role.VIEWER)
    for report_id in (secret, plain):
        shown = page(finance, reverse("desk:insights-issue", args=[report_id, 1]))
        assert queries.issue(shop.id, report_id, 1).title in shown
        answer = finance.post(reverse("desk:insights-issue", args=[report_id, 1]), {"format": "csv"})
        assert answer["Content-Type"].startswith("text/csv")
    before = state_of_all()
    for name, more in (("insights-report", ()), ("insights-issue", (1,))):
        assert viewer.get(reverse(f"desk:{name}", args=[secret, *more])).status_code == 403
        assert viewer.get(reverse(f"desk:{name}", args=[plain, *more])).status_code == 200
    assert viewer.post(reverse("desk:insights-issue", args=[secret, 1]), {"format": "csv"}).status_code == 403
    assert finance.post(reverse("desk:insights-issue", args=[plain, 1]), {"format": "x"}).status_code == 422
    assert finance.get(reverse("desk:insights-issue", args=[plain, 2])).status_code == 404
    for act in ("pause", "drop"):
        assert viewer.post(reverse("desk:insights-report-move", args=[plain]), {"act": act}).status_code == 403
    assert viewer.get(f"{BASE}reports/new").status_code == 403
    assert state_of_all() == before
    # Changed to open figures, what was sent before is as closed as it was.
    assert finance.post(reverse("desk:insights-report-edit", args=[secret]),
                        form(name="毛利表", columns=["units"])).status_code == 302  # fmt: skip
    assert viewer.get(reverse("desk:insights-report", args=[secret])).status_code == 200
    assert viewer.get(reverse("desk:insights-issue", args=[secret, 1])).status_code == 403


def test_who_may_see_no_more_is_sent_no_more(shop: Shop) -> None:
    one = person(shop.id, Role.FINANCE)
    report_id: UUID = reported(shop, "毛利表", SPEC, (one.staff.id,))
    sql("UPDATE identity_staff SET role = 'viewer' WHERE id = %s", [one.staff.id])
    sql("UPDATE insights_report SET due_at = now() WHERE id = %s", [report_id])
    send_reports(utc_now())
    told_to = sql(
        "SELECT jsonb_array_length(payload::jsonb -> 'staff_ids') FROM kernel_event"
        " WHERE name = 'insights.report_issued' ORDER BY id"
    )
    assert told_to == [(1,), (0,)]


def test_another_shops_figures_are_not_there(shop: Shop, other: Shop) -> None:
    filled(other)
    theirs = reported(other)
    client, before = inside(shop.id), state_of_all()
    sku = other.demo.skus["kw-50"]
    assert client.get(f"{BASE}stock/{sku}/").status_code == 404
    for name, more in (("insights-report", ()), ("insights-report-edit", ()), ("insights-issue", (1,))):
        assert client.get(reverse(f"desk:{name}", args=[theirs, *more])).status_code == 404
    assert client.post(reverse("desk:insights-report-move", args=[theirs]), {"act": "drop"}).status_code == 404
    assert "这段时间没有生意" in page(client, BASE)
    assert "没有这个选项" in page(client, f"{BASE}?sku={sku}")
    assert state_of_all() == before


def test_hostile_addresses_are_harmless(shop: Shop) -> None:
    client = inside(shop.id)
    before = state_of_all()
    for query in ("?x=%00&span=%00&sku=%00", "?by=__class__&measure=__class__", "?days=-1&months=9e9&show=%27"):
        for path in PAGES:
            assert client.get(BASE + path + query).status_code == 200, path
    assert state_of_all() == before
