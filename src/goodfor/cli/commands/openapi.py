"""`goodfor openapi`."""

import sys

from goodfor.cli.lazy import attribute, setup_django


def openapi() -> None:
    """输出 REST 接口的 OpenAPI 3.1 文档。/ Print the OpenAPI document."""
    setup_django()
    sys.stdout.write(attribute("goodfor.openapi.dump:document_text")())
