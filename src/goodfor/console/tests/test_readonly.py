"""The data browser's lists stand on other rooms' models and never write through them: in code, in admins, in SQL."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import RequestFactory

from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.console.site import site
from goodfor.console.tests.helpers import inside
from goodfor.console.tests.test_console import MODELS, _list, _page, _shop
from goodfor.kernel.clock import utc_now

CONSOLE = Path(__file__).resolve().parents[1]
#: What the data browser is made of, besides its lists; working pages go through operations (ADR 17).
BROWSER = ("columns", "filters", "readonly", "site")
# What changes rows in Django, of managers, querysets, instances and relations, or past them.
WRITES = re.compile(
    r"a?(save|create|update|delete|bulk_create|bulk_update|get_or_create|update_or_create|add|set|remove|clear"
    r"|save_base|raw|execute|executemany|callproc|cursor|select_for_update)"
)
PAST_DJANGO = {"connection", "connections", "transaction", "router"}
NEVER = {
    "has_add_permission": False,
    "has_change_permission": False,
    "has_delete_permission": False,
    "save_model": PermissionDenied,
    "save_related": PermissionDenied,
    "delete_model": PermissionDenied,
    "delete_queryset": PermissionDenied,
}


def breaches(name: str, text: str) -> Iterator[str]:
    """What in a file of the console writes, or could write, through a model."""
    for node in ast.walk(ast.parse(text, name)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and WRITES.fullmatch(node.func.attr):
            yield f"{name}:{node.lineno}: .{node.func.attr}()"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db"):
            yield from (f"{name}:{node.lineno}: {alias.name}" for alias in node.names if alias.name in PAST_DJANGO)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_row(node.value):
            yield f"{name}:{node.lineno}: {ast.unparse(node)} = ..."


def _is_row(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"row", "obj", "order", "tx", "product", "payment", "batch", "lot"}


def test_no_code_of_the_data_browser_writes_through_a_model() -> None:
    files = [*sorted((CONSOLE / "lists").glob("*.py")), *(CONSOLE / f"{name}.py" for name in BROWSER)]
    assert len(files) > 10
    found = [b for path in files for b in breaches(str(path.relative_to(CONSOLE)), path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "row.delete()",
        "def action(self, request, queryset):\n    queryset.update(state='sold')",
        "Order.objects.create(number='x')",
        "obj.save(update_fields=['state'])",
        "order.lines.add(line)",
        "from django.db import connection",
        "from django.db import models, transaction",
        "row.state = 'delivered'",
    ],
)
def test_the_check_bites(text: str) -> None:
    assert list(breaches("x.py", text))


def test_only_lists_see_models_of_other_rooms() -> None:
    """The same that the walls in pyproject.toml say, told by the files."""
    seen = {}
    for path in sorted(CONSOLE.rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        rooms = re.findall(r"^from goodfor\.(\w+)\.models import", path.read_text(encoding="utf-8"), re.MULTILINE)
        if others := sorted({room for room in rooms if room != "console"}):
            seen[path.relative_to(CONSOLE).as_posix()] = others
    assert seen == {
        "lists/catalog.py": ["catalog"],
        "lists/identity.py": ["identity"],
        "lists/ledger.py": ["ledger"],
        "lists/orders.py": ["orders"],
        "lists/payments.py": ["payments"],
        "lists/vault.py": ["catalog", "vault"],
    }


def test_every_admin_is_read_only_and_stays_so() -> None:
    request: Any = RequestFactory().post("/")
    for model in MODELS:
        admin = site._registry[model]
        assert isinstance(admin, ReadOnlyAdmin), model
        for name, answer in NEVER.items():
            assert getattr(type(admin), name) is getattr(ReadOnlyAdmin, name), f"{model} overrides {name}"
            given = [Mock()] * (getattr(type(admin), name).__code__.co_argcount - 2)
            if answer is False:
                assert getattr(admin, name)(request) is False
            else:
                with pytest.raises(PermissionDenied):
                    getattr(admin, name)(request, *given)
        assert not admin.actions
        assert not admin.inlines
        assert not admin.list_editable
        assert set(admin.get_fields(request)) == set(admin.get_readonly_fields(request))


@pytest.mark.django_db(transaction=True)
def test_looking_writes_nothing() -> None:
    """Every list, search and detail of an owner: the statements that reach PostgreSQL only read."""
    now = utc_now()
    demo = _shop("demo", now)
    client = inside(demo.shop_id)
    statements: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        assert client.get("/console/data/").status_code == 200
        for model in MODELS:
            assert client.get(_list(model)).status_code == 200
            assert client.get(_list(model), {"q": "demo"}).status_code == 200
            for row in model.objects.filter(shop_id=demo.shop_id)[:1]:
                assert client.get(_page(model, "change", row.pk)).status_code == 200
                assert client.get(_page(model, "history", row.pk)).status_code == 200
    assert len(statements) > 4 * len(MODELS)
    assert [sql for sql in statements if not re.match(r"\s*(SELECT|WITH|--)", sql)] == []
