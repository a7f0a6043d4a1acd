"""What a user agent shows."""

from functools import lru_cache
from typing import Final

from goodfor.identity.queries import device_label

#: Programs, and browsers that say themselves that a program drives them. In lower case.
_SCRIPTS: Final = (
    "curl/", "wget", "python", "httpx", "aiohttp", "go-http-client", "okhttp", "java/", "apache-httpclient", "axios",
    "node-fetch", "undici", "libwww", "scrapy", "headless", "phantomjs", "selenium", "puppeteer", "playwright",
    "electron", "postman", "insomnia", "bot/", "spider", "crawler", "ruby", "php/", "guzzle",
)  # fmt: skip
_LONGEST: Final = 512


@lru_cache(maxsize=2048)
def label(agent: str) -> str:
    """`Chrome · Windows`, or empty."""
    return device_label(agent[:_LONGEST])


@lru_cache(maxsize=2048)
def is_script(agent: str) -> bool:
    """Whether it calls itself a program."""
    lower = agent[:_LONGEST].lower()
    return any(word in lower for word in _SCRIPTS)
