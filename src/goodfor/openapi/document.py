"""The OpenAPI 3.1 document: what django-ninja knows, plus errors, headers, bodies, scopes and examples."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ninja.responses import NinjaJSONEncoder
from pydantic.json_schema import models_json_schema

from goodfor.kernel.errors import PROBLEM_BASE
from goodfor.kernel.purge import KEY_AGE
from goodfor.openapi.documented import NOTE
from goodfor.openapi.problems import CONTENT_TYPE as PROBLEM_TYPE
from goodfor.openapi.schemas import Problem

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
_EVERYWHERE: Mapping[str, tuple[str, ...]] = {
    "400": ("bad_request",),
    "401": (
        "invalid_api_key",
        "signature_required",
        "invalid_signature",
        "signature_expired",
        "signature_replayed",
    ),
    "403": ("insufficient_scope",),
    "413": ("body_too_large",),
    "422": ("validation_failed",),
    "429": ("rate_limited",),
    "500": ("internal_error",),
    "503": ("busy",),
}
_WRITES: Mapping[str, tuple[str, ...]] = {
    "400": ("invalid_json", "idempotency_key_required", "idempotency_key_invalid"),
    "409": ("idempotency_in_progress",),
    "415": ("unsupported_media_type",),
    "422": ("idempotency_key_reused",),
}
#: (status, codes) that many operations give alike -> their name under components/responses.
_SHARED: Mapping[tuple[str, tuple[str, ...]], str] = {
    **{(status, codes): f"Problem{status}" for status, codes in _EVERYWHERE.items()},
    **{
        (status, (*_EVERYWHERE.get(status, ()), *codes)): f"Problem{status}OfWrites"
        for status, codes in _WRITES.items()
    },
}
_KEY_PARAMETER: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Makes repeating safe: the same key with the same request gets the first answer again, with another "
    "request the error `idempotency_key_reused`. A refused request stores nothing; its key may be used again. "
    f"A key is kept for {KEY_AGE.days} days; after that the same request is a new one.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "order-20260101-0001",
}
_HEADERS: Json = {
    "RateLimit-Policy": {
        "description": "The quota: `q` requests in a window of `w` seconds (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string"},
        "example": '"client";q=600;w=60',
    },
    "RateLimit": {
        "description": "What is left: `r` requests now, all of them again after `t` seconds.",
        "schema": {"type": "string"},
        "example": '"client";r=599;t=1',
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}, "example": 1},
    "Idempotency-Replayed": {
        "description": "`true` when this request was done before and nothing was done again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "WWW-Authenticate": {"description": "Bearer challenge.", "schema": {"type": "string"}},
}
_SECURITY: Json = {
    "ApiKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "gf_<key id>_<secret>",
        "description": "The API key as it was shown once when it was made.",
    },
    "MessageSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "HTTP message signature (RFC 9421) with `Signature-Input`, in addition to the API key; demanded "
        "from clients that were set so. Algorithms `ed25519` and `hmac-sha256`; `keyid` is the key id of the API key. "
        "Cover `@method`, the target (`@target-uri`, or `@path` and `@query`), `content-digest` (RFC 9530) when there "
        "is a body, and `idempotency-key` when it is sent; with parameters `created` (at most 300 seconds ago), "
        "`keyid` and `nonce` (8 to 64 characters, used once).",
    },
}


def finish(raw: Mapping[str, Any]) -> Json:
    """The complete document from what django-ninja generated."""
    notes = {id(op): op.pop(NOTE) for op in _operations(raw) if NOTE in op}
    bodies = sorted({note["body"] for note in notes.values() if note["body"]}, key=lambda model: model.__name__)
    _, inputs = models_json_schema([(model, "validation") for model in bodies], ref_template=_REF)
    _, problem = models_json_schema([(Problem, "serialization")], ref_template=_REF)
    for operation in _operations(raw):
        _complete(operation, notes[id(operation)])
    document: Json = json.loads(json.dumps(raw, cls=NinjaJSONEncoder))
    components = document.setdefault("components", {})
    components["schemas"] = dict(
        sorted({**components.get("schemas", {}), **inputs.get("$defs", {}), **problem["$defs"]}.items())
    )
    components["responses"] = {name: _problem(status, list(codes)) for (status, codes), name in _SHARED.items()}
    components["headers"] = _HEADERS
    components["securitySchemes"] = _SECURITY
    return document


def _operations(document: Mapping[str, Any]) -> Iterator[Json]:
    for methods in document["paths"].values():
        yield from methods.values()


def _complete(operation: Json, note: Mapping[str, Any]) -> None:
    """Write scope, body, errors and headers into one operation."""
    is_write = note["body"] is not None
    operation["security"] = [
        {"ApiKey": [note["scope"]]},
        {"ApiKey": [note["scope"]], "MessageSignature": []},
    ]
    operation["description"] = f"{operation.get('description', '')}\n\nScope: `{note['scope']}`.".strip()
    if is_write:
        operation["parameters"] = [*operation.get("parameters", []), _KEY_PARAMETER]
        content: Json = {"schema": {"$ref": _REF.format(model=note["body"].__name__)}}
        if note["example"]:
            content["example"] = note["example"]
        operation["requestBody"] = {
            "required": not note["optional_body"],
            "content": {"application/json": content},
        }
    for response in operation["responses"].values():
        names = ["RateLimit-Policy", "RateLimit", *(["Idempotency-Replayed"] if is_write else [])]
        response["headers"] = {name: _header(name) for name in names}
        if note["answer"]:
            response["content"]["application/json"]["example"] = note["answer"]
    operation["responses"].update(_problems(note, is_write))


def _problems(note: Mapping[str, Any], is_write: bool) -> Json:
    codes: dict[str, list[str]] = {status: list(known) for status, known in _EVERYWHERE.items()}
    for more in (_WRITES if is_write else {}, note["errors"]):
        for status, added in more.items():
            codes[status] = [*codes.get(status, []), *added]
    return {
        status: {"$ref": f"#/components/responses/{_SHARED[status, tuple(codes[status])]}"}
        if (status, tuple(codes[status])) in _SHARED
        else _problem(status, codes[status])
        for status in sorted(codes)
    }


def _problem(status: str, codes: list[str]) -> Json:
    headers = ["RateLimit-Policy", "RateLimit"] if status not in ("401", "413") else []
    headers += {"401": ["WWW-Authenticate"], "429": ["Retry-After"], "503": ["Retry-After"]}.get(status, [])
    return {
        "description": "Codes: " + ", ".join(f"`{code}`" for code in codes) + ".",
        "headers": {name: _header(name) for name in headers},
        "content": {
            PROBLEM_TYPE: {
                "schema": {"$ref": _REF.format(model=Problem.__name__)},
                "example": {
                    "type": PROBLEM_BASE + codes[-1],
                    "title": codes[-1].replace("_", " ").capitalize(),
                    "status": int(status),
                    "code": codes[-1],
                },
            }
        },
    }


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}
