"""`goodfor openapi`."""

import json
import sys

from goodfor.cli.lazy import attribute, setup_django


def openapi() -> None:
    """输出 REST 接口的 OpenAPI 3.1 文档。/ Print the OpenAPI document."""
    setup_django()
    document = attribute("goodfor.openapi.document:openapi_document")()
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")
