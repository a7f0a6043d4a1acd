"""Several threads at one list of work."""

import threading

import pytest
from django.db import connection

from goodfor.kernel.side_by_side import side_by_side


def test_results_are_in_the_order_of_the_items_and_the_work_overlaps() -> None:
    met = threading.Barrier(3, timeout=10)

    def work(number: int) -> int:
        # Passes only when three are inside at the same time.
        met.wait()
        return number * 2

    assert side_by_side([3, 1, 2], work, at_once=3) == [6, 2, 4]


def test_no_more_than_asked_for_at_once() -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def work(_number: int) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.005)
        with lock:
            inside -= 1

    side_by_side(list(range(20)), work, at_once=4)
    assert 1 < most <= 4


def test_what_one_raises_is_raised_after_the_others_ended() -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number == 0:
            raise ValueError("zero")
        done.append(number)

    with pytest.raises(ValueError, match="zero"):
        side_by_side(list(range(10)), work, at_once=2)
    assert sorted(done) == list(range(1, 10))


@pytest.mark.django_db(transaction=True)
def test_connections_of_the_threads_are_closed() -> None:
    # The server takes a moment to end a process whose connection was closed: it is asked over a connection that is
    # opened after, as it was while each test had a new one.
    connection.close()
    pids: set[int] = set()

    def work(_number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.add(cursor.fetchone()[0])

    side_by_side(list(range(8)), work, at_once=2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(pids)])
        assert cursor.fetchone() == (0,)


def test_one_item_stays_on_the_thread_of_the_caller() -> None:
    assert side_by_side(["x"], lambda _item: threading.get_ident(), at_once=8) == [threading.get_ident()]
