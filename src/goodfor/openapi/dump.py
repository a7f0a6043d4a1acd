"""The OpenAPI document as text: what `goodfor openapi` prints and docs/openapi.json holds."""

import json

from goodfor.openapi.urls import api


def document_text() -> str:
    """The document, indented, keys in the order of the API, ending in a newline."""
    return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False) + "\n"
