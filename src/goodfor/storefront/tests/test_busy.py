"""A database that cannot serve a page in time: a page that says so and may be tried again, never a bare error."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from goodfor.kernel import locks
from goodfor.kernel.tenancy import platform_job
from goodfor.storefront import page
from goodfor.storefront.tests.test_pages import checkout, orders_held
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held(statement: str, *params: object) -> Iterator[None]:
    """What the statement locks is held by another connection inside the block."""
    go, locked = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic(), platform_job("test"), connection.cursor() as cursor:
                cursor.execute(statement, params)
                locked.set()
                go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert locked.wait(20)
        yield
    finally:
        go.set()
        thread.join(20)


@pytest.fixture
def browser() -> Client:
    """As a visitor has it: no exception reaches him."""
    return Client(raise_request_exception=False)


def test_a_lock_that_is_not_had_in_time(browser: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LOCK_TIMEOUT_MS", 200)
    before = orders_held(browser)
    real = locks.lock_key
    monkeypatch.setattr(locks, "lock_key", lambda kind, *parts: 4711 if kind == "ip" else real(kind, *parts))
    with held("SELECT pg_advisory_xact_lock(%s)", 4711):
        response = checkout(browser, world)
        assert (response.status_code, response["Retry-After"]) == (503, "3")
        text = response.content.decode()
        assert "服务暂时不可用" in text
        assert "稍等片刻刷新这一页" in text
        assert "</html>" in text
        assert response["Content-Security-Policy"].startswith("default-src 'self'")
        assert orders_held(browser) == before
    assert checkout(browser, world).status_code == 302


def test_a_statement_that_runs_too_long(browser: Client, world: World) -> None:
    with held("LOCK TABLE catalog_product IN ACCESS EXCLUSIVE MODE"):
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '200ms'")
        try:
            response = browser.get("/", headers={"Accept-Language": "en"})
            script = browser.get("/", headers={"X-Requested-With": "fetch"})
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout")
    assert response.status_code == 503
    assert "<h1" in response.content.decode()
    assert (script.status_code, script.json()["code"]) == (503, "unavailable")
    assert browser.get("/").status_code == 200


def test_a_database_that_is_away_even_for_the_page_that_says_so(
    browser: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(page.identity, "shop_by_host", away)
    response = browser.get("/")
    assert response.status_code == 503
    assert "服务暂时不可用" in response.content.decode()
    monkeypatch.setattr(page, "show", away)
    response = browser.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "3")
    assert "Unavailable for a moment" in response.content.decode()
