"""What waits, beside the entries of the menu: all of it asked in one statement, each count in its own words."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodfor.console.pages import PAGES, menu_for
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.things import things_of
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Role
from goodfor.kernel import sql
from goodfor.kernel.clock import utc_now
from goodfor.kernel.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)
COUNTS = [page.waiting for page in PAGES if page.waiting is not None]


def test_each_count_names_its_shop() -> None:
    """They are watched together: one that forgot the shop would hide behind the others."""
    assert len(COUNTS) >= 12
    for count in COUNTS:
        asked = re.findall(r"\bFROM (\w+)", count.text)
        assert asked, count.name
        assert count.text.count("shop_id = %(shop_id)s") == len(asked), count.name


@pytest.mark.parametrize("role", [Role.OWNER, Role.VIEWER])
def test_the_menu_asks_once_and_says_what_each_count_says(
    shop: Shop, other: Shop, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    things_of(shop)
    visitor = Visitor(
        person(shop.id, role).staff, identity.shop_by_id(shop.id), uuid7(), "link", utc_now(), first_visit=False
    )
    asked: list[str] = []
    monkeypatch.setattr(sql, "observers", [*sql.observers, lambda _name, text, _params: asked.append(text)])
    with CaptureQueriesContext(
        connection,
    ) as by_django:
        menu = menu_for(visitor)
    assert (len(asked), len(by_django)) == (1, 0)
    shown = {item.key: item.count for group in menu for item in group.items}
    said = {page.name: page.waiting(shop.id) for page in PAGES if page.waiting is not None and page.name in shown}
    assert {name: shown[name] for name in said} == said
    # A viewer is told of nothing that waits here.
    assert any(said.values()) is (role == Role.OWNER)
    assert all(count == 0 for name, count in shown.items() if name not in said)
    assert not any(count(other.id) for count in COUNTS)
