"""What an e-mail address shows by itself. Pure but for the packaged list of disposable domains."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from disposable_email_domains import blocklist

LONGEST: Final = 254
#: Here dots in the name mean nothing; all names of one domain are one.
_DOTLESS: Final = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
#: Everybody's providers: the domain alone says nothing of who is behind it.
COMMON: Final = frozenset(
    {
        "qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "yeah.net", "188.com", "139.com",
        "189.cn", "wo.cn", "sina.com", "sina.cn", "vip.sina.com", "sohu.com", "tom.com", "21cn.com", "aliyun.com",
        "gmail.com", "outlook.com", "hotmail.com", "live.com", "live.cn", "msn.com", "icloud.com", "me.com", "mac.com",
        "yahoo.com", "yahoo.com.cn", "yahoo.cn", "yahoo.com.hk", "yahoo.com.tw", "proton.me", "protonmail.com",
        "gmx.com", "gmx.de", "mail.ru", "yandex.ru", "yandex.com", "naver.com", "hanmail.net", "zoho.com", "aol.com",
    }
)  # fmt: skip
_VOWELS: Final = frozenset("aeiouy")
#: Ends of syllables: in pinyin any consonant may follow.
_OPEN: Final = frozenset("ngr")
_PAIRS: Final = frozenset(
    "bb bl br bs cc ch ck cl cr ct dd dg dl dm dr ds dw ff fl fr ft hl hm hn hr ht kl km ks ld lf lk ll lm ln lp ls lt"
    " lv lw mb mm mp ms ph pl pp pr ps pt sc sh sk sl sm sn sp ss st sw tc th tl tm tr ts tt tw wh wl wn wr ws xt zh zz"
    .split()
)  # fmt: skip
_WORD: Final = re.compile(r"[a-z]+|[0-9]+")
_HEX: Final = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{10,}\Z")
_NOT_TOLD: Final = re.compile(r"[\W_]+")
_DIGITS: Final = re.compile(r"[0-9]+")
_PARTS: Final = re.compile(r"[._-]")
_STEM: Final = re.compile(r"([a-z][a-z._-]{2,}?)[._-]?[0-9]{1,6}\Z")


class Mail(NamedTuple):
    """An address taken apart. `key`: one spelling for all spellings of one mailbox."""

    key: str
    local: str
    domain: str
    #: A tag behind + or dots that mean nothing: one mailbox under many names.
    tagged: bool


def take_apart(text: str) -> Mail | None:
    """An address in its one spelling, or None when it is none."""
    if len(text) > LONGEST:
        return None
    words = text.lower().split()
    if len(words) != 1:
        return None
    local, _, domain = words[0].rpartition("@")
    domain = domain.rstrip(".")
    if not local or "." not in domain or "@" in local:
        return None
    bare = local
    if "+" in local[1:]:
        bare = local[: local.index("+", 1)]
    one = _DOTLESS.get(domain)
    if one is not None:
        bare, domain = bare.replace(".", "") or bare, one
    return Mail(f"{bare}@{domain}", bare, domain, bare != local)


def canonical(text: str) -> str:
    """One spelling for all spellings of one mailbox, to count by; what is no address stays as it is, in lower case."""
    mail = take_apart(text)
    return mail.key if mail else text.strip().lower()[:LONGEST]


@lru_cache(maxsize=4096)
def is_disposable(domain: str) -> bool:
    """Whether the domain, or one that it lies under, lends mailboxes for minutes."""
    while "." in domain:
        if domain in blocklist:
            return True
        domain = domain.partition(".")[2]
    return False


def digit_share(local: str) -> float:
    """Digits among the letters and digits of a name, 0 to 1."""
    told = _NOT_TOLD.sub("", local)
    return 1 - len(_DIGITS.sub("", told)) / len(told) if told else 0.0


def looks_random(local: str) -> bool:
    """Whether a machine made the name up: letters and digits in turns, hexadecimal, or letters that nobody can say.

    Names of people, initials with dates, and numbers (QQ, telephones) do not; it is a hint, no proof.
    """
    if len(local) < 8 or not local.isascii():
        return False
    if _HEX.match(local):
        return True
    runs = _WORD.findall(local)
    for word in runs:
        if len(word) >= 9 and _is_unspeakable(word):
            return True
    if len(runs) < 5:
        return False
    # `li2008wang88` turns three times, `x7k2p9qv` six times. Parts that somebody set apart count by themselves.
    return max(len(_WORD.findall(part)) - 1 for part in _PARTS.split(local)) >= 4


def _is_unspeakable(word: str) -> bool:
    """Nine letters or more with too many pairs of consonants that no name has, in English or pinyin."""
    if not word.isalpha():
        return False
    strange = sum(
        first not in _VOWELS and second not in _VOWELS and first not in _OPEN and first + second not in _PAIRS
        for first, second in pairwise(word)
    )
    return strange >= 3 and strange / (len(word) - 1) >= 0.3


def pattern(mail: Mail) -> str | None:
    """What mailboxes made in bulk have in common: `promo*@example.com` of `promo017`, or `*@` a domain of one's own.

    None where it would say nothing: numbers, and names without a number at a provider of everybody.
    """
    found = _STEM.match(mail.local)
    if mail.domain not in COMMON and not is_disposable(mail.domain):
        return f"*@{mail.domain}"
    return f"{found.group(1)}*@{mail.domain}" if found else None
