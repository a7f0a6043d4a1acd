"""Forty codes of a batch that somebody wants to take away: fixtures and steps of the tests of what takes two."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import Person, by_link, old_hand, sql
from goodfor.console.tests.test_codes import loaded
from goodfor.console.wish_queries import newest_wish
from goodfor.identity.types import Role
from goodfor.risk.tests.saying import Saying, saying


@pytest.fixture(autouse=True)
def files_here(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def says() -> Iterator[Saying]:
    with saying() as rules:
        yield rules


@pytest.fixture
def owner(shop: Shop) -> Person:
    return old_hand(shop.id, Role.OWNER)


@pytest.fixture
def where(shop: Shop, owner: Person) -> str:
    """The page on which the forty codes of a batch are taken away."""
    return loaded(by_link(owner), shop) + "codes"


def ask(client: Client, where: str, count: int = 40) -> Any:
    return client.post(where, {"act": "wish", "counted": str(count), "reason": "退给供应商"})


def take(client: Client, where: str, count: int = 40) -> Any:
    return client.post(where, {"act": "take", "counted": str(count)})


def wish_of(shop: Shop, where: str) -> Any:
    return newest_wish(shop.id, "codes", UUID(where.split("/")[-2]))


def answer_to(client: Client, wish_id: UUID, act: str) -> Any:
    return client.post(reverse("desk:export-wish", args=[wish_id]), {"act": act})


def handed_out(shop: Shop) -> int:
    return int(sql("SELECT count(*) FROM kernel_audit WHERE action = 'vault.codes_exported'")[0][0])
