"""A small SMTP server (RFC 5321, AUTH of RFC 4954) on loopback that keeps what it is given."""

import base64
import binascii
import hmac
import socketserver
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

from goodfor.sandbox.notify.demo import SMTP_PASSWORD, SMTP_USER
from goodfor.sandbox.notify.desk import Desk

MAX_MESSAGE = 2 * 1024 * 1024
MAX_LINE = 64 * 1024


class _HangUp(Exception):
    """The connection ends without an answer."""


class _Handler(socketserver.StreamRequestHandler):
    timeout = 20.0
    desk: Desk

    def handle(self) -> None:
        """One connection."""
        self.signed_in = self.barred = False
        self.sender, self.recipients = "", list[str]()
        if (burst := self._fault("error_burst", work="before")) is not None:
            self._say(f"421 busy, fault on demand {burst}")
            return
        self._say("220 sandbox ESMTP")
        try:
            while line := self.rfile.readline(MAX_LINE).decode("utf-8", "replace").strip():
                if not self._command(line):
                    return
        except (_HangUp, OSError):
            return

    def _command(self, line: str) -> bool:
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "EHLO" | "HELO":
                self._say("250-sandbox\r\n250-AUTH PLAIN LOGIN\r\n250 SMTPUTF8")
            case "AUTH":
                self._auth(rest)
            case "MAIL":
                self.sender = rest.partition(":")[2]
                self._say("250 ok" if self.signed_in else "530 sign in first")
            case "RCPT":
                self._recipient(rest.partition(":")[2].strip().split(" ")[0].strip("<>"))
            case "DATA":
                self._data()
            case "RSET" | "NOOP":
                self._say("250 ok")
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                self._say("502 no such command")
        return True

    def _auth(self, rest: str) -> None:
        kind, _, given = rest.partition(" ")
        try:
            if kind.upper() == "PLAIN":
                _, user, password = base64.b64decode(given or self._ask("")).decode().split("\0")
            else:
                user = base64.b64decode(given or self._ask("VXNlcm5hbWU6")).decode()
                password = base64.b64decode(self._ask("UGFzc3dvcmQ6")).decode()
        except (binascii.Error, ValueError):
            self._say("501 cannot read that")
            return
        right = user == SMTP_USER and hmac.compare_digest(password.encode(), SMTP_PASSWORD.encode())
        # A client tries its other ways to sign in: the fault is for the whole connection.
        self.barred = self.barred or self._fault("bad_signature") is not None
        self.signed_in = right and not self.barred
        self.desk.note("smtp", "AUTH", "ok" if self.signed_in else "bad_signature")
        self._say("235 welcome" if self.signed_in else "535 wrong user or password")

    def _ask(self, prompt: str) -> str:
        self._say(f"334 {prompt}")
        return self.rfile.readline(MAX_LINE).decode("ascii", "replace").strip()

    def _recipient(self, address: str) -> None:
        if (refusal := self._fault("refuse")) is not None:
            self._say(f"{refusal or 550} no such person")
            return
        if self._fault("rate_limit") is not None:
            self._say("451 too many, later please")
            return
        self.recipients.append(address)
        self._say("250 ok" if self.signed_in else "530 sign in first")

    def _data(self) -> None:
        if not (self.signed_in and self.recipients):
            self._say("503 not yet")
            return
        self._say("354 go on")
        lines, size = list[bytes](), 0
        while (line := self.rfile.readline(MAX_LINE)) != b".\r\n":
            size += len(line)
            if not line or size > MAX_MESSAGE:
                raise _HangUp
            lines.append(line[1:] if line.startswith(b"..") else line)
        if (delay := self._fault("delay")) is not None:
            time.sleep(int(delay) / 1000)
        ref = self._keep(b"".join(lines))
        if self._fault("lost_answer") is not None:
            raise _HangUp
        self._say(f"250 kept as {ref}")
        self.recipients = []

    def _keep(self, raw: bytes) -> str:
        parsed = message_from_bytes(raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
        content = {
            "from": str(parsed["From"]),
            "to": str(parsed["To"]),
            "subject": str(parsed["Subject"]).strip(),
            "headers": [[name, str(value)] for name, value in parsed.items()],
            "text": text.get_content() if text else "",
            "html": html.get_content() if html else "",
        }
        tag, number = str(parsed["Message-ID"] or ""), 0
        for address in self.recipients:
            number = self.desk.books.letter("smtp", address, content, at_ms=self.desk.now_ms(), tag=tag)
        self.desk.note("smtp", "DATA", "kept")
        return str(number)

    def _fault(self, kind: str, **match: str) -> str | None:
        fault = self.desk.faults.take(kind, "smtp", **match)
        return None if fault is None else str(fault.settings.get("ms", fault.settings.get("code", "")))

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class SmtpServer(socketserver.ThreadingTCPServer):
    """Serves until `stop`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, desk: Desk, host: str = "127.0.0.1", port: int = 0) -> None:
        handler = type("Handler", (_Handler,), {"desk": desk})
        super().__init__((host, port), handler)
        desk.smtp_port = int(self.server_address[1])
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stops listening."""
        self.shutdown()
        self._thread.join()
        self.server_close()
