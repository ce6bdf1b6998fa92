"""The users of a clinic, as its own administrator looks after them: no further than the clinic (SC-24)."""

from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.foundation.values.text import sort_key
from kvitt.registers.access import queries
from kvitt.registers.access.commands.users import HSA_ID_IS_TAKEN, make_user, typed_values
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Actor, Permission, Role, normalise_hsa_id
from kvitt.registers.access.rules import unit_users as rules
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import Clinic

IS_HERE_ALREADY = _("%(name)s is a user of the clinic already. Change the roles instead.")
IS_AT_AUTHORITY = _("%(name)s has a role at the region, and gets none at a clinic. Contact %(contact)s.")
IS_SHUT_OUT = _("%(name)s has a user that is not active. Contact %(contact)s.")


@transaction.atomic
def create_unit_user(
    actor: Actor,
    *,
    today: date,
    clinic_id: int,
    name: str,
    roles: Collection[str],
    hsa_id: str = "",
    email: str = "",
) -> tuple[User, str]:
    """Give somebody roles at a clinic, and return him with the password that is shown once.

    Whoever has the HSA-id already gets the roles beside those that he has, and keeps his password: none is
    returned. Raises Refused, NotAllowed, Http404.
    Source: spec SC-24.
    """
    clinic = _locked_clinic(actor, clinic_id)
    hsa_id = normalise_hsa_id(hsa_id)
    needs_hsa_id = not settings.KVITT_LOCAL_ACCOUNTS
    refuse_if_any(rules.check_unit_name(name, today=today))
    refuse_if_any(rules.check_unit_identity(hsa_id, today=today, is_needed=needs_hsa_id))
    refuse_if_any(rules.check_unit_roles(roles, offered=queries.unit_roles(clinic_id, on=today)))
    known = User.objects.select_for_update().filter(hsa_id=hsa_id).first() if hsa_id else None
    if known is None:
        username = rules.calculate_username(name, taken=queries.usernames_like(name))
        user, password = make_user(
            actor.authority_id, today=today, username=username, name=name, email=email, hsa_id=hsa_id
        )
    else:
        user, password = known, ""
        _check_known(actor, user, clinic, name)
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role, clinic=clinic) for role in _in_order(roles))
    after = {**typed_values(user), "unit": str(clinic), "roles": _in_order(roles)}
    audit.record("access.create_unit_user", actor, subject=("user", user.username), after=after)
    return user, password


@transaction.atomic
def change_unit_roles(
    actor: Actor, *, today: date, clinic_id: int, user_id: int, roles: Collection[str]
) -> User:
    """Let a user of a clinic have these roles there and no others. Raises Refused, NotAllowed, Http404.

    Source: spec SC-24.
    """
    clinic = _locked_clinic(actor, clinic_id)
    user = _locked_user(actor, clinic_id, user_id)
    held = queries.roles_at(clinic_id, user_id)
    refuse_if_any(rules.check_unit_roles(roles, offered=queries.unit_roles(clinic_id, on=today), held=held))
    if Role.CLINIC_ADMINISTRATOR in held and Role.CLINIC_ADMINISTRATOR not in roles:
        _require_another_administrator(actor, clinic, user)
    if set(roles) == set(held):
        return user
    user.grants.filter(clinic=clinic).exclude(role__in=list(roles)).delete()
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, clinic=clinic) for role in _in_order(set(roles) - set(held))
    )
    audit.record(
        "access.change_unit_roles",
        actor,
        subject=("user", user.username),
        before={"unit": str(clinic), "roles": _in_order(held)},
        after={"unit": str(clinic), "roles": _in_order(roles)},
    )
    return user


@transaction.atomic
def end_unit_user(actor: Actor, *, clinic_id: int, user_id: int) -> User:
    """Take every role at a clinic from a user; who has no other is shut out.

    Raises Refused, NotAllowed, Http404.
    Source: spec SC-24.
    """
    clinic = _locked_clinic(actor, clinic_id)
    user = _locked_user(actor, clinic_id, user_id)
    held = queries.roles_at(clinic_id, user_id)
    if Role.CLINIC_ADMINISTRATOR in held:
        _require_another_administrator(actor, clinic, user)
    user.grants.filter(clinic=clinic).delete()
    before: dict[str, object] = {"unit": str(clinic), "roles": _in_order(held)}
    after: dict[str, object] = {}
    if user.is_active and not user.grants.exists():
        user.is_active = False
        user.save(update_fields=["is_active"])
        before["is_active"], after["is_active"] = True, False
    audit.record("access.end_unit_user", actor, subject=("user", user.username), before=before, after=after)
    return user


def _check_known(actor: Actor, user: User, clinic: Clinic, name: str) -> None:
    """Refuse a user of another authority or name, one shut out, one at the authority, and one who is here.

    Whoever decides at the authority about what clinics ask for does not ask for it at one of them.
    """
    if user.authority_id != actor.authority_id or sort_key(user.name) != sort_key(name):
        raise Refused([Problem("hsa_id_is_taken", HSA_ID_IS_TAKEN, "hsa_id")])
    values = {"name": user.name, "contact": clinic.authority.contact}
    if not user.is_active:
        raise Refused([Problem("is_shut_out", IS_SHUT_OUT, "hsa_id", values)])
    if user.grants.filter(authority__isnull=False).exists():
        raise Refused([Problem("is_at_authority", IS_AT_AUTHORITY, "hsa_id", values)])
    if user.grants.filter(clinic=clinic).exists():
        raise Refused([Problem("is_here_already", IS_HERE_ALREADY, "hsa_id", {"name": user.name})])


def _require_another_administrator(actor: Actor, clinic: Clinic, user: User) -> None:
    """Refuse what leaves the clinic without an administrator; it is locked, so one at a time may ask."""
    others = queries.unit_administrators(clinic).exclude(pk=user.pk).count()
    by_authority = actor.may(Permission.ADMINISTER)
    refuse_if_any(rules.check_unit_administrator_remains(others=others, by_authority=by_authority))


def _locked_clinic(actor: Actor, clinic_id: int) -> Clinic:
    organisations.clinic_to_manage(actor, clinic_id)
    clinics = Clinic.objects.select_for_update(no_key=True, of=("self",)).select_related("authority")
    return clinics.get(pk=clinic_id)


def _locked_user(actor: Actor, clinic_id: int, user_id: int) -> User:
    queries.unit_user(actor, clinic_id, user_id)
    return User.objects.select_for_update().get(pk=user_id)


def _in_order(roles: Collection[str]) -> list[str]:
    return [role.value for role in Role if role in roles]
