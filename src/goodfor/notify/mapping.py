"""From rows to the values that leave the room, and sealed things opened for those who may."""

import base64
import json
from typing import Any
from uuid import UUID

from goodfor.kernel.crypto import DecryptFailed, Sealed, keyring
from goodfor.notify.models import Account, Message, PushSubscription, Template
from goodfor.notify.providers import base
from goodfor.notify.rendering.content import Content
from goodfor.notify.rendering.defaults import default_draft
from goodfor.notify.types import ChannelAccountView, Draft, MessageView, TemplateView

RECIPIENT_INDEX = "notify.recipient"


def account_aad(shop_id: object, account_id: object) -> bytes:
    """Binds the secrets of an account to their row."""
    return f"notify_account:{shop_id}:{account_id}".encode()


def message_aad(shop_id: object, message_id: object, part: str) -> bytes:
    """Binds the sealed `recipient` or `content` of a message to its row."""
    return f"notify_message:{part}:{shop_id}:{message_id}".encode()


def recipient_index(channel: str, address: str) -> bytes:
    """The blind index of an address: equal addresses of a channel are found without being stored."""
    return keyring().blind_index(RECIPIENT_INDEX, f"{channel}:{address}".encode())


def account_view(row: Account) -> ChannelAccountView:
    """Without secrets."""
    return ChannelAccountView(
        id=row.id,
        shop_id=row.shop_id,
        channel=row.channel,
        provider=row.provider,
        name=row.name,
        config=dict(row.config),
        secret_names=tuple(row.secret_names),
        enabled=row.enabled,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def opened(row: Account) -> base.Account:
    """With secrets, for an adapter. Raises DecryptFailed."""
    secrets: dict[str, str] = {}
    if row.secret_key_id is not None and row.secret_blob is not None:
        sealed = Sealed(row.secret_key_id, bytes(row.secret_blob))
        secrets = json.loads(keyring().open(sealed, account_aad(row.shop_id, row.id)))
    return base.Account(
        id=row.id,
        shop_id=row.shop_id,
        channel=row.channel,
        provider=row.provider,
        config=dict(row.config),
        secrets=secrets,
    )


def sealed_part(shop_id: UUID, message_id: UUID, part: str, plain: bytes) -> dict[str, Any]:
    """The two columns of a sealed part of a message."""
    sealed = keyring().seal(plain, message_aad(shop_id, message_id, part))
    return {f"{part}_key_id": sealed.key_id, f"{part}_blob": sealed.blob}


def recipient_of(row: Message) -> tuple[str, str]:
    """(address, name). Raises DecryptFailed, also when it was erased."""
    if row.recipient_key_id is None or row.recipient_blob is None:
        raise DecryptFailed("erased")
    sealed = Sealed(row.recipient_key_id, bytes(row.recipient_blob))
    address, name = json.loads(keyring().open(sealed, message_aad(row.shop_id, row.id, "recipient")))
    return address, name


def content_of(row: Message) -> Content | None:
    """What it says, or None when it is not kept. Raises DecryptFailed."""
    if row.content_key_id is None or row.content_blob is None:
        return None
    sealed = Sealed(row.content_key_id, bytes(row.content_blob))
    return Content.unpacked(keyring().open(sealed, message_aad(row.shop_id, row.id, "content")))


def message_view(row: Message) -> MessageView:
    """Without recipient and content."""
    return MessageView(
        id=row.id,
        scene=row.scene,
        subject=row.subject,
        audience=row.audience,
        channel=row.channel,
        language=row.language,
        template_version=row.template_version,
        recipient=row.recipient_hint,
        state=row.state,
        provider=row.provider,
        provider_ref=row.provider_ref,
        failure=row.failure,
        attempts=row.attempts,
        secret=row.secret,
        has_content=row.content_blob is not None,
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        expires_at=row.expires_at,
        sent_at=row.sent_at,
        about_id=row.about_id,
        delivered_at=row.delivered_at,
    )


def template_view(row: Template) -> TemplateView:
    """A shop's own version."""
    draft = Draft(
        subject=row.subject,
        body=row.body,
        params=tuple((name, source) for name, source in row.params),
        link=row.link,
        vendor_template=row.vendor_template,
    )
    return TemplateView(row.scene, row.channel, row.language, row.version, draft, row.valid_from, row.saved_by)


def shipped_view(scene: str, channel: str, language: str) -> TemplateView:
    """The one that ships with Goodfor."""
    return TemplateView(scene, channel, language, 0, default_draft(scene, channel, language), None, "")


def staff_address_aad(shop_id: object, address_id: object) -> bytes:
    """Binds the sealed address of somebody of the staff to its row."""
    return f"notify_staff:{shop_id}:{address_id}".encode()


def push_aad(shop_id: object, subscription_id: object) -> bytes:
    """Binds a sealed push subscription to its row."""
    return f"notify_push:{shop_id}:{subscription_id}".encode()


def push_index(endpoint: str) -> bytes:
    """The blind index of a browser's push address."""
    return keyring().blind_index("notify.push", endpoint.encode())


def push_target(shop_id: UUID, subscription_id: UUID) -> tuple[str, bytes, bytes] | None:
    """(endpoint, public key, auth secret) of a browser, or None when it is no more. Raises DecryptFailed."""
    row = PushSubscription.objects.filter(shop_id=shop_id, id=subscription_id).first()
    if row is None:
        return None
    opened_blob = keyring().open(Sealed(row.key_id, bytes(row.blob)), push_aad(shop_id, subscription_id))
    endpoint, point, auth = json.loads(opened_blob)
    return endpoint, _decoded(point), _decoded(auth)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
