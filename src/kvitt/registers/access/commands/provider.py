"""Ask an identity provider who somebody is (OpenID Connect), and read its answer."""

import functools
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from kvitt.foundation import clock
from kvitt.registers.access import rules

CALLBACK = "access:sign_in_by_provider"
NEXT_IN_SESSION = "oidc_login_next"
_STATES_IN_SESSION = "oidc_states"
_ALGORITHM = "RS256"
_SECONDS_TO_ANSWER = 10
_SECONDS_CLOCKS_MAY_DIFFER = 30


class Failure(Exception):  # noqa: N818 - the log calls it that
    """The provider has not said who it is; `reason` is a word of the log."""

    def __init__(self, reason: str) -> None:
        """Keep why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Provider:
    """Where the identity provider is asked what."""

    issuer: str
    authorization: str
    token: str
    jwks: str
    userinfo: str
    end_session: str
    takes_claims: bool
    takes_basic: bool


def is_configured() -> bool:
    """Tell whether the installation has an identity provider."""
    return bool(settings.OIDC["issuer"] and settings.OIDC["client_id"])


def ask(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the provider, with state, nonce and PKCE kept in the session. Raises Failure."""
    return _Request.as_view()(request)  # type: ignore[no-any-return]


def has_asked(session: SessionBase) -> bool:
    """Tell whether the session waits for an answer of the provider."""
    return bool(session.get(_STATES_IN_SESSION))


def hsa_ids_answered(request: HttpRequest) -> list[str]:
    """Return the HSA-ids that the provider vouches for in its answer to what this session asked.

    An answer counts once. Raises Failure.
    """
    asked = request.session.get(_STATES_IN_SESSION, {}).pop(request.GET.get("state", ""), None)
    request.session.modified = True
    if asked is None:
        raise Failure("wrong_answer")
    if "code" not in request.GET:
        raise Failure("refused_by_provider")
    try:
        claims = _Backend().claims_of(request, asked)
    except (requests.ConnectionError, requests.Timeout) as fault:
        raise Failure("provider_unreachable") from fault
    except (requests.RequestException, jwt.PyJWTError, SuspiciousOperation, KeyError, ValueError) as fault:
        raise Failure("wrong_answer") from fault
    claim = claims.get(settings.OIDC["claim"])
    texts = claim if isinstance(claim, list) else [claim]
    found = [rules.normalise_hsa_id(text) for text in texts if isinstance(text, str)]
    found = [hsa_id for hsa_id in found if rules.is_hsa_id(hsa_id)]
    if not found:
        raise Failure("no_identity")
    return found


def end_session_url(request: HttpRequest) -> str:
    """Return where the provider's own session is ended, empty where that cannot be done.

    No token is sent along: it may hold a personal number, and addresses end up in logs.
    """
    try:
        url = _provider().end_session
    except Failure:
        return ""
    back = request.build_absolute_uri(reverse("access:sign_in"))
    query = urlencode({"client_id": settings.OIDC["client_id"], "post_logout_redirect_uri": back})
    return f"{url}{'&' if '?' in url else '?'}{query}" if url else ""


def _provider() -> Provider:
    """Return the provider of the settings; what they do not say the provider tells itself."""
    chosen = settings.OIDC
    is_told = all(chosen[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
    hour = int(clock.now().timestamp()) // 3600
    told = {} if is_told else json.loads(_discovered(chosen["issuer"], hour))
    if not is_told and str(told.get("issuer", "")).rstrip("/") != chosen["issuer"].rstrip("/"):
        raise Failure("wrong_answer")

    def address(name: str) -> str:
        return str(chosen.get(name) or told.get(name, ""))

    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Provider(
        issuer=str(told.get("issuer", chosen["issuer"])),
        authorization=address("authorization_endpoint"),
        token=address("token_endpoint"),
        jwks=address("jwks_uri"),
        userinfo=address("userinfo_endpoint"),
        end_session=address("end_session_endpoint"),
        takes_claims=bool(told.get("claims_parameter_supported")),
        takes_basic="client_secret_basic" in ways,
    )


@functools.lru_cache(maxsize=4)
def _discovered(issuer: str, _hour: int) -> str:
    """Return what the provider tells about itself, asked for once an hour."""
    try:
        answer = requests.get(
            f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=_SECONDS_TO_ANSWER
        )
        answer.raise_for_status()
        answer.json()
    except (requests.RequestException, ValueError) as fault:
        raise Failure("provider_unreachable") from fault
    return answer.text


def _setting(name: str, *default: Any) -> Any:  # noqa: ANN401 - as the library asks for its settings
    """Answer the library's questions about its settings."""
    found = _provider()
    values: dict[str, object] = {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": found.authorization,
        "OIDC_OP_TOKEN_ENDPOINT": found.token,
        "OIDC_OP_USER_ENDPOINT": found.userinfo,
        "OIDC_OP_JWKS_ENDPOINT": found.jwks,
        "OIDC_RP_CLIENT_ID": settings.OIDC["client_id"],
        "OIDC_RP_CLIENT_SECRET": settings.OIDC["client_secret"],
        "OIDC_RP_SIGN_ALGO": _ALGORITHM,
        "OIDC_RP_SCOPES": settings.OIDC["scope"],
        "OIDC_AUTHENTICATION_CALLBACK_URL": CALLBACK,
        "OIDC_USE_PKCE": True,
        "OIDC_TIMEOUT": _SECONDS_TO_ANSWER,
        "OIDC_TOKEN_USE_BASIC_AUTH": found.takes_basic,
        "OIDC_AUTH_REQUEST_EXTRA_PARAMS": _wanted_claims() if found.takes_claims else {},
    }
    return values.get(name, *default)


def _wanted_claims() -> dict[str, str]:
    """Ask for the claim by name, of providers that give only what is asked for."""
    return {"claims": json.dumps({"id_token": {settings.OIDC["claim"]: {"essential": True}}})}


class _Request(OIDCAuthenticationRequestView):  # type: ignore[misc]
    """The library's request, with the settings of this installation."""

    get_settings = staticmethod(_setting)


class _Backend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """The library's exchange of the code for tokens, with who issued them and for whom checked too."""

    get_settings = staticmethod(_setting)

    def claims_of(self, request: HttpRequest, asked: dict[str, str]) -> dict[str, Any]:
        """Exchange the code for an identity token; return what it and the provider's register say."""
        tokens = self.get_token(
            {
                "client_id": self.OIDC_RP_CLIENT_ID,
                "client_secret": self.OIDC_RP_CLIENT_SECRET,
                "grant_type": "authorization_code",
                "code": request.GET["code"],
                "redirect_uri": request.build_absolute_uri(reverse(CALLBACK)),
                "code_verifier": asked["code_verifier"],
            }
        )
        claims: dict[str, Any] = self.verify_token(tokens["id_token"], nonce=asked["nonce"])
        if settings.OIDC["claim"] not in claims and self.OIDC_OP_USER_ENDPOINT:
            more = self.get_userinfo(tokens["access_token"], tokens["id_token"], claims)
            if more.get("sub") != claims["sub"]:
                raise SuspiciousOperation("The provider told about somebody else.")
            claims = {**more, **claims}
        return claims

    def retrieve_matching_jwk(self, token: str) -> jwt.PyJWK:
        """Return the provider's key that the token names; one that names none means the only one."""
        answer = requests.get(self.OIDC_OP_JWKS_ENDPOINT, timeout=_SECONDS_TO_ANSWER)
        answer.raise_for_status()
        keys = [key for key in answer.json()["keys"] if key["kty"] == "RSA" and key.get("use") != "enc"]
        named = jwt.get_unverified_header(token).get("kid")
        [key] = [key for key in keys if named is None or key.get("kid") == named]
        return jwt.PyJWK(key, _ALGORITHM)

    def get_payload_data(self, token: str, key: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's own
        """Verify signature, time, issuer and audience."""
        return jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=self.OIDC_RP_CLIENT_ID,
            issuer=_provider().issuer,
            leeway=_SECONDS_CLOCKS_MAY_DIFFER,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
