"""A crew does what it is given, none of it twice at a time, and waits for nobody."""

import threading
from functools import partial

from goodfor.kernel import crew as module
from goodfor.kernel.crew import Crew
from goodfor.kernel.loops import rest, wake


def test_one_that_hangs_keeps_no_other_waiting() -> None:
    crew, hangs = Crew("test", 2), threading.Event()
    done: list[int] = []
    assert crew.take("slow", lambda: hangs.wait(10))
    for number in range(3):
        assert crew.take(number, partial(done.append, number))
    until = threading.Event()
    while len(done) < 3 and not until.wait(0.005):
        pass
    assert crew.busy() == 1
    # Not twice at a time, and not more than there is room for.
    assert not crew.take("slow", lambda: done.append(9))
    hangs.set()
    assert crew.wait(5)
    assert sorted(done) == [0, 1, 2]
    assert crew.take("slow", lambda: done.append(9))
    assert crew.wait(5)


def test_room_failures_and_threads_that_end() -> None:
    crew, hangs, done = Crew("going", 1), threading.Event(), []
    module.IDLE_SECONDS, before = 0.02, module.IDLE_SECONDS
    try:
        assert crew.room() == 2
        assert crew.take("a", lambda: hangs.wait(10))
        assert crew.take("b", lambda: [][0])
        assert not crew.take("c", lambda: None)
        assert crew.room() == 0
        hangs.set()
        assert crew.wait(5)
        # It failed, and the next is done all the same, also when all threads have gone home.
        while any(thread.name == "crew:going" for thread in threading.enumerate()):
            pass
        assert crew.take("d", lambda: done.append("d"))
        assert crew.wait(5)
    finally:
        module.IDLE_SECONDS = before
    assert done == ["d"]


def test_a_loop_is_woken() -> None:
    stop, ended = threading.Event(), threading.Event()

    def loop() -> None:
        rest("test.woken", 1.0, stop)
        ended.set()

    thread = threading.Thread(target=loop)
    thread.start()
    while not ended.wait(0.002):
        wake("test.woken")
    thread.join(1)
    assert not thread.is_alive()
    wake("nobody")
    stop.set()
    rest("test.long", 3600.0, stop)
