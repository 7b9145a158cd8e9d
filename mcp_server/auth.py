"""Who may call over HTTP: the holder of one static bearer token.

stdio never asks: whoever started the process owns it. Beyond loopback a token is a must.
"""

import hmac

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl, SecretStr

MIN_TOKEN_CHARS = 16
LOOPBACK_HOSTS = ("127.0.0.1:*", "localhost:*", "[::1]:*")


def require_secret(token: SecretStr) -> None:
    """Raise ValueError for a token that is too short to be a secret."""
    if len(token.get_secret_value()) < MIN_TOKEN_CHARS:
        raise ValueError(f"The token must have at least {MIN_TOKEN_CHARS} characters.")


class StaticToken:
    """A `TokenVerifier` for one token."""

    def __init__(self, token: SecretStr, resource: str) -> None:
        """Args:
        token: what the caller must send.
        resource: our own URL, which the SDK holds the token to.

        Raises:
            ValueError: the token is too short to be a secret.
        """
        require_secret(token)
        self._token = token.get_secret_value().encode()
        self._resource = resource

    async def verify_token(self, token: str) -> AccessToken | None:
        """The one principal, or None."""
        if not hmac.compare_digest(token.encode(), self._token):
            return None
        return AccessToken(token=token, client_id="token-holder", scopes=[], resource=self._resource)


def auth_settings(url: str) -> AuthSettings:
    """A resource server without an authorization server: tokens are handed out by hand."""
    return AuthSettings(
        issuer_url=AnyHttpUrl(url), resource_server_url=AnyHttpUrl(url), validate_token_resource=True
    )


def transport_security(host: str, allowed_hosts: tuple[str, ...]) -> TransportSecuritySettings:
    """Protection against DNS rebinding: only named hosts, and web pages of those, may call."""
    names = [*LOOPBACK_HOSTS, f"{host}:*", *(f"{name}:*" for name in allowed_hosts), *allowed_hosts]
    origins = [f"{scheme}://{name}" for name in names for scheme in ("http", "https")]
    return TransportSecuritySettings(allowed_hosts=names, allowed_origins=origins)
