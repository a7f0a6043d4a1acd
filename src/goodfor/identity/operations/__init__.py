"""Write use cases of identity, one a file."""

from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.change_role import change_role
from goodfor.identity.operations.check_signature import check_signature
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.operations.create_shop import create_shop
from goodfor.identity.operations.create_user import create_user
from goodfor.identity.operations.issue_signin_link import issue_signin_link
from goodfor.identity.operations.purge_nonces import purge_nonces
from goodfor.identity.operations.revoke_api_client import revoke_api_client
from goodfor.identity.operations.rotate_api_key import rotate_api_key
from goodfor.identity.operations.set_signing_key import set_signing_key
from goodfor.identity.operations.touch_api_client import touch_api_client
from goodfor.identity.operations.use_nonce import use_nonce
from goodfor.identity.operations.use_signin_link import use_signin_link

__all__ = [
    "add_staff",
    "change_role",
    "check_signature",
    "create_api_client",
    "create_shop",
    "create_user",
    "issue_signin_link",
    "purge_nonces",
    "revoke_api_client",
    "rotate_api_key",
    "set_signing_key",
    "touch_api_client",
    "use_nonce",
    "use_signin_link",
]
