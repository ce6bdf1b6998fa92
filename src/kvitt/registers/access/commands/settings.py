"""Change one's own settings and password."""

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import Http404, HttpRequest

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.commands.users import write_changes
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor

WRONG_PASSWORD = _("The password is wrong. Give the one you signed in with.")


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


@transaction.atomic
def change_password(actor: Actor, *, request: HttpRequest, current: str, new: str) -> User:
    """Change the user's own password; his other sessions end."""
    user = own_user(actor)
    if not user.check_password(current):
        raise Refused([Problem("wrong_password", WRONG_PASSWORD, "current")])
    user.set_password(new)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    audit.record("access.change_password", actor, subject=("user", user.username))
    return user


def own_user(actor: Actor) -> User:
    """Return the row of who acts, locked."""
    if actor.user_id is None:
        raise Http404
    return User.objects.select_for_update().get(id=actor.user_id)
