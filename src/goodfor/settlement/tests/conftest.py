"""Fixtures of settlement: parties and books plugged in, and taken out again."""

from collections.abc import Iterator
from importlib import resources

import pytest

from goodfor.kernel import invariants
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import chart
from goodfor.ledger.invariants import INVARIANTS as LEDGER
from goodfor.ledger.tests.factories import sql
from goodfor.settlement import ports
from goodfor.settlement.invariants import INVARIANTS
from goodfor.settlement.providers import registry
from goodfor.settlement.tests.factories import NOW, Carrier, People, read_books

_MORE = (
    chart.ChartLine("2206:brand:{id}:payable", chart.LIABILITY, chart.CREDIT, "x"),
    chart.ChartLine("2206:brand:{id}:statement:{no}", chart.LIABILITY, chart.CREDIT, "x"),
    chart.ChartLine("2206:distributor:{id}:statement:{no}", chart.LIABILITY, chart.CREDIT, "x"),
    chart.ChartLine("2206:party:{code}:deposit", chart.LIABILITY, chart.CREDIT, "x"),
)


@pytest.fixture
def people() -> Iterator[People]:
    """Nobody yet; `people.add(party())`."""
    found, parties, books = People(), ports.parties(), ports.books()
    ports.install(parties=found, books=read_books)
    yield found
    ports.install(parties=parties, books=books)


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    """A provider named `carrier`."""
    made = Carrier()
    monkeypatch.setitem(registry.PROVIDERS, "carrier", made)
    return made


@pytest.fixture
def all_accounts(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The accounts of brands, distributors' statements and deposits, where the chart does not have them yet."""
    missing = [line for line in _MORE if all(line.pattern != known.pattern for known in chart.CHART)]
    text = resources.files("goodfor.ledger").joinpath("sql/schema/chart.sql").read_text(encoding="utf-8")
    if not missing:
        yield
        return
    values = "".join(f",\n    ('{line.regex}', '{line.type}', {line.side}, false)" for line in missing)
    head, end = text.rsplit("$$;", 1)
    sql(head.rstrip() + values + "\n$$;" + end)
    monkeypatch.setattr(chart, "CHART", (*chart.CHART, *missing))
    chart.classify.cache_clear()
    try:
        yield
    finally:
        monkeypatch.undo()
        chart.classify.cache_clear()
        sql(text)


def broken() -> dict[str, list[str]]:
    """What the audit finds in the books and in settlement: subjects by invariant."""
    with platform_job("test"):
        results = [invariants.run(item, NOW) for item in (*LEDGER, *INVARIANTS)]
    return {one.invariant.name: [subject for subject, _ in one.violations] for one in results if not one.ok}
