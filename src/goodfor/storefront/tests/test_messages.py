"""English is complete, and the compiled messages are current."""

import gettext
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from goodfor.storefront.tests.messages import CJK, all_messages

ROOT = Path(__file__).resolve().parents[4]
SCRIPT = ROOT / "scripts" / "compile_messages.py"
PO = ROOT / "src" / "goodfor" / "locale" / "en" / "LC_MESSAGES" / "django.po"
#: Each room may have a file of its own beside the shared one.
ALL_PO = sorted((ROOT / "src" / "goodfor").rglob("locale/en/LC_MESSAGES/django.po"))


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compile_messages", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_message_of_every_room_has_its_english(tool: ModuleType) -> None:
    translated = {m.key().split("\0")[0] for po in ALL_PO for m in tool.parse_po(po.read_text(encoding="utf-8"))}
    absent = {msgid: where for msgid, where in all_messages().items() if msgid not in translated}
    assert not absent, f"no English for {len(absent)}: {absent}"


def test_no_message_has_two_english_texts(tool: ModuleType) -> None:
    # Django merges the rooms' files, and one of them wins everywhere: another meaning has a context of its own.
    texts: dict[str, dict[str, list[str]]] = {}
    for po in ALL_PO:
        for message in tool.parse_po(po.read_text(encoding="utf-8")):
            if message.msgid:
                said = " | ".join(message.texts[n] for n in sorted(message.texts))
                texts.setdefault(message.key(), {}).setdefault(said, []).append(str(po.relative_to(ROOT)))
    twofold = {key: found for key, found in texts.items() if len(found) > 1}
    assert not twofold, f"{len(twofold)} with more than one: {twofold}"


def test_english_has_no_chinese_left_and_keeps_placeholders(tool: ModuleType) -> None:
    for message in (m for po in ALL_PO for m in tool.parse_po(po.read_text(encoding="utf-8"))):
        for text in message.texts.values():
            assert not CJK.search(text), text
            if message.msgid:
                assert sorted(placeholders(text)) == sorted(placeholders(message.msgid)), text


def placeholders(text: str) -> list[str]:
    return [part.split(")")[0] for part in text.split("%(")[1:]]


def test_compiled_messages_are_current(tool: ModuleType) -> None:
    assert tool.main(["--check"]) == 0


def test_compiler_reads_what_it_must_and_refuses_the_rest(tool: ModuleType) -> None:
    text = (
        'msgid ""\nmsgstr ""\n"Language: en\\n"\n\n#. note\nmsgctxt "verb"\nmsgid "开"\nmsgstr "open"\n\n'
        'msgid "%(n)d 个"\nmsgid_plural "%(n)d 个"\nmsgstr[0] "%(n)d piece"\nmsgstr[1] "%(n)d "\n"pieces"\n'
    )
    messages = tool.parse_po(text)
    assert [m.key() for m in messages] == ["", "verb\x04开", "%(n)d 个\0%(n)d 个"]
    assert messages[2].texts == {0: "%(n)d piece", 1: "%(n)d pieces"}
    assert tool.missing(tool.parse_po('msgid "a"\nmsgstr ""\n')) == ["a"]
    with pytest.raises(ValueError, match="line 1"):
        tool.parse_po("nonsense here\n")
    with pytest.raises(ValueError, match="defined twice"):
        tool.parse_po('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n')


def test_compiled_file_is_read_by_pythons_own_gettext(tool: ModuleType, tmp_path: Path) -> None:
    built = tool.build_mo(tool.parse_po(PO.read_text(encoding="utf-8")))
    target = tmp_path / "django.mo"
    target.write_bytes(built)
    with target.open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("立即购买") == "Buy now"
    assert english.ngettext("%(n)d 分钟前", "%(n)d 分钟前", 1) == "%(n)d minute ago"
    assert english.ngettext("%(n)d 分钟前", "%(n)d 分钟前", 5) == "%(n)d minutes ago"
