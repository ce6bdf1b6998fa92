"""Change one's own settings and password."""

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import Http404, HttpRequest

from kvitt.audit import commands as audit
from kvitt.registers.access.commands import throttle
from kvitt.registers.access.commands.users import write_changes
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor


@transaction.atomic
def change_settings(actor: Actor, *, theme: str, density: str, has_shortcuts: bool) -> User:
    """Change how the user's own pages look and whether keys are short cuts."""
    user = own_user(actor)
    values = {"theme": theme, "density": density, "has_shortcuts": has_shortcuts}
    if difference := write_changes(user, values):
        audit.record(
            "access.change_settings",
            actor,
            subject=("user", user.username),
            before=difference.before,
            after=difference.after,
        )
    return user


def change_password(actor: Actor, *, request: HttpRequest, current: str, new: str) -> User:
    """Change the user's own password; his other sessions end. Wrong ones count as at signing in."""
    throttle.require_tries_left(request, "current")
    with transaction.atomic():
        user = own_user(actor)
        is_right = user.check_password(current)
        if is_right:
            user.set_password(new)
            user.save(update_fields=["password"])
            update_session_auth_hash(request, user)
            audit.record("access.change_password", actor, subject=("user", user.username))
    if not is_right:
        throttle.refuse_password(actor, request, user, "current")
    return user


def own_user(actor: Actor) -> User:
    """Return the row of who acts, locked."""
    if actor.user_id is None:
        raise Http404
    return User.objects.select_for_update().get(id=actor.user_id)
