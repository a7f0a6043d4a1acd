"""The stand-in of a test."""

from collections.abc import Iterator

import pytest

from goodfor.payments.providers.stripe.tests.books import Books
from goodfor.payments.providers.stripe.tests.server import Loopback, loopback


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def stand(books: Books) -> Iterator[Loopback]:
    with loopback(books.answer) as running:
        yield running
