"""What a process keeps is bounded, and the latest used stays."""

from goodfor.kernel.latest import Latest


def test_what_was_not_used_for_longest_goes_first() -> None:
    kept: Latest[str, int] = Latest(2)
    assert kept.put("a", 1) == 1
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    kept.put("a", 4)
    kept.put("d", 5)
    assert [kept.get(key) for key in "acd"] == [4, None, 5]
    kept.clear()
    assert kept.get("d") is None
