"""A provider of sign-ins on this machine, for tests: OpenID Connect and WeChat's dialect, with faults on demand."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

CLIENT, SECRET = "goodfor-test", "the-secret-of-the-test-app-0123456789"


@dataclass
class Person:
    """Who is signed in there."""

    sub: str = "u-1"
    email: str = "lin@example.com"
    verified: bool = True
    openid: str = "o-1"
    unionid: str = ""


@dataclass
class Elsewhere:
    """`faults`: no_nonce, wrong_nonce, other_sub, token_error, userinfo_error, redirect, garbage."""

    url: str = ""
    person: Person = field(default_factory=Person)
    faults: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    grants: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, address: str) -> tuple[str, str]:
        """What a person who agrees brings back: (state, code)."""
        query = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(12)
        self.grants[code] = query
        return query["state"], code

    def token(self, form: dict[str, str]) -> tuple[int, Any]:
        grant = self.grants.pop(form.get("code", ""), None)
        if "token_error" in self.faults or grant is None or form.get("client_secret") != SECRET:
            return 400, {"error": "invalid_grant"}
        if grant["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != grant.get("code_challenge"):
            return 400, {"error": "invalid_grant", "error_description": "PKCE"}
        now = datetime.now(UTC)
        claims = {
            "iss": self.url, "aud": CLIENT, "sub": self.person.sub, "iat": now, "exp": now + timedelta(minutes=5),
            "nonce": "wrong" if "wrong_nonce" in self.faults else grant.get("nonce"),
        }  # fmt: skip
        if "no_nonce" in self.faults:
            claims.pop("nonce")
        signed = jwt.encode(claims, "k" * 32, algorithm="HS256")
        return 200, {"access_token": f"t-{self.person.sub}", "token_type": "Bearer", "id_token": signed}

    def userinfo(self) -> tuple[int, Any]:
        if "userinfo_error" in self.faults:
            return 500, {}
        sub = "someone-else" if "other_sub" in self.faults else self.person.sub
        return 200, {"sub": sub, "email": self.person.email, "email_verified": self.person.verified, "name": "林"}

    def wechat_token(self, query: dict[str, str]) -> tuple[int, Any]:
        grant = self.grants.pop(query.get("code", ""), None)
        if grant is None or query.get("secret") != SECRET or query.get("appid") != CLIENT:
            return 200, {"errcode": 40029, "errmsg": "invalid code"}
        return 200, {"access_token": "wx-token", "expires_in": 7200, "openid": self.person.openid}

    def wechat_userinfo(self) -> tuple[int, Any]:
        found = {"openid": self.person.openid, "nickname": "lin", "sex": 0}
        return 200, {**found, "unionid": self.person.unionid} if self.person.unionid else found

    def answer(self, method: str, path: str, values: dict[str, str]) -> tuple[int, Any]:
        """The routes."""
        if "garbage" in self.faults:
            return 200, "<html>"
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/jwks", "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }  # fmt: skip
        if path == "/token" and method == "POST":
            return self.token(values)
        if path == "/userinfo":
            return self.userinfo()
        if path == "/sns/oauth2/access_token":
            return self.wechat_token(values)
        if path == "/sns/userinfo":
            return self.wechat_userinfo()
        return 404, {}


@contextmanager
def running() -> Iterator[Elsewhere]:
    """The stand-in, on a free port of this machine."""
    it = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def _reply(self, method: str, body: str) -> None:
            parts = urlsplit(self.path)
            values = {k: v[0] for k, v in parse_qs(body or parts.query).items()}
            it.calls.append(f"{method} {parts.path}")
            if "redirect" in it.faults:
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()
                return
            status, answer = it.answer(method, parts.path, values)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self._reply("GET", "")

        def do_POST(self) -> None:
            self._reply("POST", self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
