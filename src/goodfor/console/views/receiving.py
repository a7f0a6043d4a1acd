"""A form with a file whose bytes go straight to the vault's folder, past memory and the system's temporary files.

The body is read only for somebody who may import, and only up to the size that the vault reads: the check of the form's
token reads the form, so who is asking is settled before.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers, StopUpload
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from goodfor.console.access import visitor_of
from goodfor.identity.types import Permission
from goodfor.kernel.errors import DomainError
from goodfor.vault import operations as vault
from goodfor.vault.types import MAX_FILE_BYTES, ReceivedFile

FIELD: Final = "file"
#: The form's other fields come on top of the file.
ROOM: Final = 2 * 1024 * 1024


class ToVault(FileUploadHandler):
    """Writes the form's file to the vault's folder. `refused` says why there is none; `received` is whole."""

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest, *, welcome: bool) -> None:
        super().__init__(request)
        self.refused: DomainError | None = None
        self.received: ReceivedFile | None = None
        self.filename = ""
        self._welcome = welcome
        self._writing: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """The first file under the form's name is taken, every other is passed over."""
        super().new_file(*args, **kwargs)
        if not self._welcome:
            raise StopUpload(connection_reset=True)
        if self.field_name != FIELD or self.filename:
            raise SkipFile
        self.filename = self.file_name or "-"
        self._writing = vault.receiving()
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        """On to the disk."""
        try:
            self._writing.write(raw_data)
        except DomainError as error:
            self.refused = error
            raise StopUpload(connection_reset=True) from None

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        """The file is whole; it is no uploaded file of Django's."""
        self.received = self._writing.close()

    def upload_interrupted(self) -> None:
        """Nothing of a broken upload is kept."""
        if self._writing is not None and self.received is None:
            self._writing.discard()

    def leave(self) -> None:
        """What the view did not take is deleted."""
        self.upload_interrupted()
        if self.received is not None:
            vault.discard_file(received=self.received)

    def take(self) -> ReceivedFile | None:
        """The file, which is the caller's from now on."""
        received, self.received, self._writing = self.received, None, None
        return received


def takes_a_file(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around a framed page: its POST may bring a file, found at `upload_of(request)`. The frame asks for the token."""

    @csrf_exempt
    @wraps(page)
    def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return page(request, *args, **kwargs)
        visitor = visitor_of(request)
        length = request.headers.get("Content-Length", "")
        fits = length.isdigit() and int(length) <= MAX_FILE_BYTES + ROOM
        handler = ToVault(request, welcome=fits and visitor is not None and visitor.may(Permission.CODES_IMPORT))
        request.upload_handlers = [handler]
        request.too_large = not fits  # type: ignore[attr-defined]
        try:
            return page(request, *args, **kwargs)
        finally:
            handler.leave()

    return taking


def upload_of(request: HttpRequest) -> ToVault:
    """What the form brought."""
    handler = request.upload_handlers[0]
    assert isinstance(handler, ToVault)
    return handler


def too_large(request: HttpRequest) -> bool:
    """True when the body was larger than any file that is read, so that nothing of it was."""
    return bool(getattr(request, "too_large", False))
