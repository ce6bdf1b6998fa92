"""Two-step sign-in of local accounts: turn it on and off, and take a code from the app or a recovery code."""

import base64
import secrets
from datetime import timedelta
from urllib.parse import quote, urlencode

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access import rules
from kvitt.registers.access.commands import throttle
from kvitt.registers.access.commands.settings import own_user
from kvitt.registers.access.commands.users import locked_user
from kvitt.registers.access.middleware import WAITING_IN_SESSION
from kvitt.registers.access.models import RecoveryCode, TwoStep, User
from kvitt.registers.access.rules import Actor

TOO_LATE = _("It took too long. Give your user name and password again.")
WRONG_FIRST_CODE = _(
    "The code is wrong. Check that the telephone's clock is right, and give the code that the app shows now."
)
IS_ON_ALREADY = _("Two-step sign-in is on already.")

_SHARED_IN_SESSION = "two_step_shared"
_TIME_FOR_CODE = timedelta(minutes=5)
_CODE_LENGTH = 6
_RECOVERY_CODES = 10
# Letters and digits that nobody mistakes for one another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


# One's own ----------------------------------------------------------------------------------------


def secret_to_share(session: SessionBase) -> str:
    """Return the secret that the user's app is to get, the same until two-step sign-in is on: base32."""
    key = _decrypt(session.get(_SHARED_IN_SESSION, ""))
    if not key:
        key = secrets.token_bytes(20)
        session[_SHARED_IN_SESSION] = _encrypt(key)
    return base64.b32encode(key).decode()


def address_to_share(username: str, secret: str) -> str:
    """Return what authenticator apps read from a picture: `otpauth://totp/Kvitt:anna?secret=...`."""
    issuer = f"Kvitt {settings.KVITT_ENVIRONMENT}".strip()
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{username}')}?{query}"


@transaction.atomic
def turn_on_two_step(actor: Actor, *, session: SessionBase, code: str) -> list[str]:
    """Ask for a code at every sign-in from now on, and return the recovery codes that are shown once."""
    user = own_user(actor)
    if TwoStep.objects.filter(user=user).exists():
        raise Refused([Problem("is_on_already", IS_ON_ALREADY)])
    key = _decrypt(session.get(_SHARED_IN_SESSION, ""))
    step = _step_of(key, code, after=-1) if key else None
    if step is None:
        raise Refused([Problem("wrong_first_code", WRONG_FIRST_CODE, "code")])
    two_step = TwoStep.objects.create(user=user, secret=_encrypt(key), last_step=step)
    codes = [_new_recovery_code() for _number in range(_RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(two_step=two_step, fingerprint=_fingerprint(user, code)) for code in codes
    )
    del session[_SHARED_IN_SESSION]
    audit.record("access.turn_on_two_step", actor, subject=("user", user.username))
    return codes


def turn_off_two_step(actor: Actor, *, request: HttpRequest, password: str) -> User:
    """Sign in by the password alone from now on. Wrong ones count as at signing in."""
    throttle.require_tries_left(request, "password")
    with transaction.atomic():
        user = own_user(actor)
        is_right = user.check_password(password)
        if is_right:
            TwoStep.objects.filter(user=user).delete()
            audit.record("access.turn_off_two_step", actor, subject=("user", user.username))
    if not is_right:
        throttle.refuse_password(actor, request, user, "password")
    return user


@transaction.atomic
def reset_two_step(actor: Actor, *, user_id: int) -> User:
    """Turn two-step sign-in off for a user who has lost both the app and the recovery codes."""
    user = locked_user(actor, user_id)
    deleted, _rows = TwoStep.objects.filter(user=user).delete()
    if deleted:
        audit.record("access.reset_two_step", actor, subject=("user", user.username))
    return user


# Signing in ---------------------------------------------------------------------------------------


def ask_for_code(request: HttpRequest, user: User) -> None:
    """Remember, for five minutes, whose password was right; the session gets a new key."""
    request.session.cycle_key()
    request.session[WAITING_IN_SESSION] = [user.pk, int(clock.now().timestamp())]


def user_to_give_code(session: SessionBase) -> User | None:
    """Return whose password was right a moment ago; nobody when it took too long."""
    user_id, asked_at = session.get(WAITING_IN_SESSION, (None, 0))
    if user_id is None or clock.now().timestamp() - asked_at > _TIME_FOR_CODE.total_seconds():
        return None
    return User.objects.filter(id=user_id, is_active=True).first()


def take_code(user: User, code: str) -> bool:
    """Tell whether the code is right, and see to it that it is never right again."""
    two_step = TwoStep.objects.select_for_update(no_key=True).filter(user=user).first()
    if two_step is None:
        return False
    waited = clock.now() - (two_step.wrong_at or clock.now())
    if not rules.may_try_code(wrong_in_a_row=two_step.wrong_count, waited=waited):
        return False
    step = _step_of(_decrypt(two_step.secret), code, after=two_step.last_step)
    is_right = step is not None or _use_recovery_code(two_step, user, code)
    two_step.last_step = two_step.last_step if step is None else step
    two_step.wrong_count = 0 if is_right else two_step.wrong_count + 1
    two_step.wrong_at = None if is_right else clock.now()
    two_step.save()
    return is_right


def _use_recovery_code(two_step: TwoStep, user: User, code: str) -> bool:
    used, _rows = two_step.recovery_codes.filter(fingerprint=_fingerprint(user, code)).delete()
    return bool(used)


def _step_of(key: bytes, code: str, *, after: int) -> int | None:
    """Return the half minute of which this is the code: now, the one before or the next, each only once."""
    digits = "".join(code.split())
    if not key or len(digits) != _CODE_LENGTH or not digits.isascii() or not digits.isdecimal():
        return None
    totp = TOTP(key)
    totp.time = clock.now().timestamp()
    return totp.t() if totp.verify(int(digits), tolerance=1, min_t=after + 1) else None


def _new_recovery_code() -> str:
    """Return a code of two groups, about 50 bits: `k7mp3-x9fqa`."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _place in range(5)) for _group in range(2))


def _fingerprint(user: User, code: str) -> str:
    """Return what is kept of a recovery code; the program's secret key is needed to make it."""
    compact = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac("kvitt.recovery", f"{user.pk}:{compact}", algorithm="sha256").hexdigest()


def _cipher() -> Fernet:
    """Return the cipher of the apps' secrets; its key follows from the program's secret key."""
    return Fernet(
        base64.urlsafe_b64encode(salted_hmac("kvitt.two-step", "secret", algorithm="sha256").digest())
    )


def _encrypt(key: bytes) -> str:
    return _cipher().encrypt(key).decode()


def _decrypt(text: str) -> bytes:
    """Return the secret, or nothing when the program's secret key is another than when it was kept."""
    try:
        return _cipher().decrypt(text.encode())
    except InvalidToken:
        return b""
