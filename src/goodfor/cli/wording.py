"""What the house says in the reader's language, said in both at a terminal."""

from collections.abc import Callable
from typing import Any

from goodfor.cli.lazy import load


def both(say: Callable[[], object]) -> str:
    """What `say` answers in Chinese and in English: `库存不足 / out of stock`; once where both are the same."""
    override = load("django.utils.translation").override
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            said.append(str(say()))
    return " / ".join(dict.fromkeys(said))


def refusal(error: Any) -> str:
    """One line for a DomainError: what is wrong in both languages, its data, its stable code."""
    told = "，".join(f"{name} {value}" for name, value in error.data.items())
    return f"错误：{both(lambda: error.detail)}{'：' + told if told else ''}（{error.code}）"
