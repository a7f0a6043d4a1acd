"""Compile every .po of the package to .mo, or check: the shared ones in src/goodfor/locale and those of the rooms.

    python scripts/compile_messages.py            write the .mo files
    python scripts/compile_messages.py --check    exit 1 when one is missing, stale, or a .po has an empty translation

Needs nothing but Python: the GNU gettext tools are not always there. Reads the part of the .po format that this
project uses: msgctxt, msgid, msgid_plural, msgstr, msgstr[n], comments. The .mo layout is the one of the GNU gettext
manual, section "The Format of GNU MO Files": sorted, little-endian, without a hash table.
"""

import argparse
import ast
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "goodfor"
MAGIC = 0x950412DE


@dataclass
class Message:
    """One entry of a .po file; `texts` maps the plural index to its text (0 for a message without plural)."""

    msgid: str = ""
    context: str | None = None
    plural: str | None = None
    texts: dict[int, str] = field(default_factory=dict)

    def key(self) -> str:
        """The key as .mo files write it."""
        key = self.msgid if self.plural is None else f"{self.msgid}\0{self.plural}"
        return key if self.context is None else f"{self.context}\x04{key}"


def parse_po(text: str) -> list[Message]:
    """The entries of a .po file, the header (empty msgid) included. Raises ValueError with the line number."""
    messages: list[Message] = []
    keyword = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if not line.startswith('"'):
            keyword, _, line = line.partition(" ")
            starts = keyword == "msgctxt" or (keyword == "msgid" and not _waits_for_id(messages))
            if starts:
                messages.append(Message())
        try:
            value = ast.literal_eval(line.strip())
            _add(messages[-1], keyword, value)
        except (ValueError, SyntaxError, IndexError, KeyError) as error:
            raise ValueError(f"line {number}: cannot read {raw!r}") from error
    keys = [message.key() for message in messages]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"defined twice: {sorted(twice)}")
    return messages


def _waits_for_id(messages: list[Message]) -> bool:
    return bool(messages) and messages[-1].context is not None and not messages[-1].msgid and not messages[-1].texts


def _add(message: Message, keyword: str, value: str) -> None:
    if keyword == "msgctxt":
        message.context = (message.context or "") + value
    elif keyword == "msgid":
        message.msgid += value
    elif keyword == "msgid_plural":
        message.plural = (message.plural or "") + value
    elif keyword == "msgstr":
        message.texts[0] = message.texts.get(0, "") + value
    elif keyword.startswith("msgstr[") and keyword.endswith("]"):
        index = int(keyword[7:-1])
        message.texts[index] = message.texts.get(index, "") + value
    else:
        raise ValueError(keyword)


def missing(messages: list[Message]) -> list[str]:
    """The msgids without a translation."""
    return [m.msgid for m in messages if m.msgid and not (m.texts and all(m.texts.values()))]


def build_mo(messages: list[Message]) -> bytes:
    """The .mo file of these messages."""
    pairs = sorted(
        (message.key().encode(), "\0".join(message.texts[i] for i in sorted(message.texts)).encode())
        for message in messages
        if message.texts and all(message.texts.values())
    )
    count = len(pairs)
    ids_at, texts_at = 28, 28 + 8 * count
    offset = 28 + 16 * count
    ids, texts, id_table, text_table = b"", b"", b"", b""
    for key, _ in pairs:
        id_table += struct.pack("<II", len(key), offset + len(ids))
        ids += key + b"\0"
    for _, text in pairs:
        text_table += struct.pack("<II", len(text), offset + len(ids) + len(texts))
        texts += text + b"\0"
    header = struct.pack("<7I", MAGIC, 0, count, ids_at, texts_at, 0, offset)
    return header + id_table + text_table + ids + texts


def main(arguments: list[str] | None = None) -> int:
    """Compile or check; 0 when all is well."""
    parser = argparse.ArgumentParser(description="Compile .po to .mo, or check that .mo files are current.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is stale")
    check = parser.parse_args(arguments).check
    faults: list[str] = []
    for source in sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        messages = parse_po(source.read_text(encoding="utf-8"))
        faults += [f"{source}: no translation for {msgid!r}" for msgid in missing(messages)]
        built = build_mo(messages)
        if not check:
            target.write_bytes(built)
        elif not target.exists() or target.read_bytes() != built:
            faults.append(f"{target} is stale: run python scripts/compile_messages.py")
    for fault in faults:
        sys.stderr.write(fault + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
