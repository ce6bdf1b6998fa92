"""Read users and what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation import clock
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.text import search_key, sort_key
from kvitt.registers.access.models import RecoveryCode, RoleGrant, TwoStep, User
from kvitt.registers.access.rules import (
    AUTHORITY_ROLES,
    PERMISSIONS,
    ROLE_SCOPES,
    Actor,
    Permission,
    Role,
    ScopeKind,
    calculate_permissions,
)
from kvitt.registers.access.rules.unit_users import calculate_unit_roles, calculate_username
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.lifecycle import AuthorityKind
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.organisations.queries import Connections


@dataclass(frozen=True)
class Unit:
    """Somewhere a user can work, a clinic, an area, a care provider or an authority, with his roles there."""

    scope: ScopeKind
    id: int
    text: str
    authority_id: int
    roles: tuple[Role, ...]

    @property
    def key(self) -> str:
        """`clinic:3`, as the session and the form name it."""
        return f"{self.scope.value}:{self.id}"

    @property
    def role_text(self) -> str:
        """The names of the roles, in the reader's language."""
        return ", ".join(gettext(role.label) for role in self.roles)


@dataclass(frozen=True)
class GrantRow:
    """A role on the user's page."""

    id: int
    role: str
    scope: str
    unit: str


@dataclass(frozen=True)
class UserPage:
    """Everything `user.html` shows."""

    id: int
    title: str
    lead: str
    crumbs: list[Crumb]
    email: str
    hsa_id: str
    has_two_step: bool
    has_password: bool
    is_active: bool
    last_sign_in: str
    grants: list[GrantRow]
    events_url: str


@dataclass(frozen=True)
class PasswordPage:
    """Everything `new_password.html` shows, once."""

    title: str
    lead: str
    username: str
    password: str
    user_url: str
    back: str


# Who acts -----------------------------------------------------------------------------------------


def units_of(user: User) -> list[Unit]:
    """Return where the user can work, clinics first, by name."""
    return units_in(_grants_of(user))


def units_in(grants: Iterable[RoleGrant]) -> list[Unit]:
    """Return where these roles hold, clinics first, by name, each with its roles in the order of the list."""
    found: dict[tuple[ScopeKind, int], tuple[str, int, list[Role]]] = {}
    for grant in grants:
        scope, unit_id, text, authority_id = _scope_of(grant)
        found.setdefault((scope, unit_id), (text, authority_id, []))[2].append(Role(grant.role))
    units = [
        Unit(scope, unit_id, text, authority_id, tuple(sorted(roles, key=list(Role).index)))
        for (scope, unit_id), (text, authority_id, roles) in found.items()
    ]
    return sorted(units, key=lambda unit: (list(ScopeKind).index(unit.scope), sort_key(unit.text)))


def actor(user: User, unit_key: str, *, today: date) -> Actor | None:
    """Return the user at the unit he has chosen, or at his only one; None when he has to choose."""
    grants = list(_grants_of(user))
    units = units_in(grants)
    chosen = next((unit for unit in units if unit.key == unit_key), None)
    if chosen is None:
        if len(units) != 1:
            return None
        chosen = units[0]
    clinic_ids, connections = _reach(chosen, today)
    return Actor(
        user_id=user.pk,
        name=user.name,
        authority_id=chosen.authority_id,
        scope=chosen.scope,
        unit_id=chosen.id,
        unit_text=chosen.text,
        role_text=chosen.role_text,
        roles=frozenset(chosen.roles),
        permissions=calculate_permissions(
            chosen.roles, chosen.scope, connections.current, connections.former
        ),
        rights=connections.current,
        clinic_ids=clinic_ids,
        area_ids=_areas(chosen),
        has_other_units=len(units) > 1,
        authority_kind=AuthorityKind(grants[0].user.authority.kind),
    )


def clinics_where(user_id: int, permission: Permission, *, clinic_ids: Iterable[int]) -> set[int]:
    """Return at which of the clinics an active user has a role with the permission, connected or not."""
    roles = [
        role
        for (role, scope), held in PERMISSIONS.items()
        if scope is ScopeKind.CLINIC and permission in held
    ]
    grants = RoleGrant.objects.filter(
        user_id=user_id, user__is_active=True, role__in=roles, clinic_id__in=list(clinic_ids)
    )
    return {clinic_id for clinic_id in grants.values_list("clinic_id", flat=True) if clinic_id}


def actor_without_unit(user: User) -> Actor:
    """Return a user who has not chosen where to work: he may choose, change his own settings, sign out."""
    return Actor(
        user_id=user.pk,
        name=user.name,
        authority_id=user.authority_id,
        scope=ScopeKind.CLINIC,
        unit_id=None,
        unit_text="",
        role_text="",
        roles=frozenset(),
        permissions=frozenset(),
    )


def has_two_step(user_id: int) -> bool:
    """Tell whether the user is asked for a code after the password."""
    return TwoStep.objects.filter(user_id=user_id).exists()


def recovery_codes_left(user_id: int) -> int:
    """Return how many recovery codes the user has not used."""
    return RecoveryCode.objects.filter(two_step__user_id=user_id).count()


def contact_of_installation() -> str:
    """Return whom a visitor can ask, where the installation serves a single authority."""
    authority_id = organisations.only_authority_id()
    return organisations.authority(authority_id).contact if authority_id is not None else ""


def locked_until(username: str, address: str) -> datetime:
    """Return when somebody who has typed wrong passwords too often may try again."""
    attempts = AccessAttempt.objects.filter(username=username, ip_address=address)
    latest = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return (latest or clock.now()) + (get_cool_off() or timedelta())


def _grants_of(user: User) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(user=user).select_related(
        "clinic", "area", "provider", "authority", "user__authority"
    )


def _scope_of(grant: RoleGrant) -> tuple[ScopeKind, int, str, int]:
    """Return where a grant holds: kind, row, name and authority."""
    if grant.clinic is not None:
        return ScopeKind.CLINIC, grant.clinic.id, str(grant.clinic), grant.clinic.authority_id
    if grant.area is not None:
        return ScopeKind.AREA, grant.area.id, grant.area.name, grant.area.authority_id
    if grant.provider is not None:
        return ScopeKind.PROVIDER, grant.provider.id, grant.provider.name, grant.provider.authority_id
    if grant.authority is not None:
        return ScopeKind.AUTHORITY, grant.authority.id, grant.authority.name, grant.authority.id
    raise LookupError("a grant has exactly one scope: the database holds it to that")


def _reach(unit: Unit, today: date) -> tuple[frozenset[int] | None, Connections]:
    """Return the clinics the unit covers (None: all of the authority) and what they are connected to."""
    if unit.scope is ScopeKind.AUTHORITY:
        return None, Connections(current=frozenset(), former=frozenset())
    clinic_ids: Iterable[int] = [unit.id]
    if unit.scope is ScopeKind.PROVIDER:
        clinic_ids = organisations.clinic_ids_of_provider(unit.id)
    if unit.scope is ScopeKind.AREA:
        clinic_ids = organisations.clinic_ids_of_area(unit.id)
    return frozenset(clinic_ids), organisations.connections_of(clinic_ids, on=today)


def _areas(unit: Unit) -> frozenset[int] | None:
    """Return the billing areas the unit covers (None: all of the authority)."""
    if unit.scope is ScopeKind.AUTHORITY:
        return None
    return frozenset({unit.id} if unit.scope is ScopeKind.AREA else ())


# The users of a clinic ----------------------------------------------------------------------------


def unit_users(actor: Actor, clinic_id: int) -> list[User]:
    """Return who has a role at the clinic, by name, each with his grants there in `grants_here`.

    `works_elsewhere` tells of roles at other units too: when he signs in is not the clinic's alone.
    Raises Http404, NotAllowed. Source: spec SC-24.
    """
    organisations.clinic_to_manage(actor, clinic_id)
    here = Prefetch("grants", RoleGrant.objects.filter(clinic_id=clinic_id), to_attr="grants_here")
    elsewhere = RoleGrant.objects.filter(user=OuterRef("pk")).exclude(clinic_id=clinic_id)
    users = User.objects.filter(authority_id=actor.authority_id, grants__clinic_id=clinic_id).distinct()
    users = users.annotate(works_elsewhere=Exists(elsewhere))
    return list(users.prefetch_related(here).order_by("sort_key", "pk"))


def unit_user(actor: Actor, clinic_id: int, user_id: int) -> User:
    """Return a user who has a role at the clinic. Raises Http404 for any other, NotAllowed."""
    organisations.clinic_to_manage(actor, clinic_id)
    users = User.objects.filter(authority_id=actor.authority_id, grants__clinic_id=clinic_id, pk=user_id)
    found = users.distinct().first()
    if found is None:
        raise Http404
    return found


def unit_roles(clinic_id: int, *, on: date) -> tuple[Role, ...]:
    """Return the roles that the clinic's administrator may give on the day."""
    return calculate_unit_roles(organisations.rights_of([clinic_id], on=on))


def roles_at(clinic_id: int, user_id: int) -> list[Role]:
    """Return the roles that a user has at the clinic, in the order of the list."""
    grants = RoleGrant.objects.filter(clinic_id=clinic_id, user_id=user_id)
    held = set(grants.values_list("role", flat=True))
    return [role for role in Role if role in held]


def unit_administrators(clinic: Clinic) -> QuerySet[User]:
    """Return the active users who administer the clinic, at it or for its care provider."""
    grants = RoleGrant.objects.filter(role=Role.CLINIC_ADMINISTRATOR)
    responsible = RoleGrant.objects.filter(role=Role.CARE_RESPONSIBLE, provider_id=clinic.provider_id)
    at_provider = grants.filter(provider_id=clinic.provider_id, user_id__in=responsible.values("user_id"))
    at_clinic = grants.filter(clinic=clinic)
    held = Q(pk__in=at_clinic.values("user_id")) | Q(pk__in=at_provider.values("user_id"))
    return User.objects.filter(held, is_active=True)


def usernames_like(name: str) -> frozenset[str]:
    """Return the user names in use that begin as the one made of the name does."""
    start = calculate_username(name, taken=())
    return frozenset(User.objects.filter(username__startswith=start).values_list("username", flat=True))


# The administrator's pages ------------------------------------------------------------------------


def search_users(actor: Actor, *, text: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """Return the users of the actor's authority that the filters let through."""
    actor.require(Permission.ADMINISTER)
    users = User.objects.filter(authority_id=actor.authority_id).prefetch_related(
        "grants__clinic", "grants__area", "grants__provider", "grants__authority"
    )
    if text:
        users = users.filter(search_key__contains=search_key(text))
    if role:
        users = users.filter(id__in=RoleGrant.objects.filter(role=role).values("user_id"))
    if state:
        users = users.filter(is_active=state == "active")
    return users


def user_page(actor: Actor, user_id: int) -> UserPage:
    """Return one user with his roles, for the administrator."""
    user = user_to_change(actor, user_id)
    grants = sorted((_scope_of(grant), Role(grant.role), grant.id) for grant in _grants_of(user))
    signed_in = user.last_login.astimezone(clock.STOCKHOLM) if user.last_login else None
    return UserPage(
        id=user.pk,
        title=user.name,
        lead=user.username,
        crumbs=[*user_crumbs(), Crumb(user.name)],
        email=user.email,
        hsa_id=user.hsa_id,
        has_two_step=has_two_step(user.pk),
        has_password=settings.KVITT_LOCAL_ACCOUNTS,
        is_active=user.is_active,
        last_sign_in=f"{signed_in:%Y-%m-%d %H.%M}" if signed_in else "",
        grants=[
            GrantRow(grant_id, gettext(role.label), gettext(scope.label), text)
            for (scope, _unit_id, text, _authority_id), role, grant_id in grants
        ],
        events_url=f"{reverse('audit:search_events')}?{urlencode({'user_name': user.name})}",
    )


def user_to_change(actor: Actor, user_id: int) -> User:
    """Return a user of the actor's authority to its administrator. Raises Http404 for any other."""
    actor.require(Permission.ADMINISTER)
    found = User.objects.filter(authority_id=actor.authority_id, id=user_id).first()
    if found is None:
        raise Http404
    return found


def grant_to_change(actor: Actor, grant_id: int) -> RoleGrant:
    """Return a role of a user of the actor's authority to its administrator. Raises Http404 for any other."""
    actor.require(Permission.ADMINISTER)
    grants = RoleGrant.objects.select_related("user", "clinic", "area", "provider", "authority")
    found = grants.filter(user__authority_id=actor.authority_id, id=grant_id).first()
    if found is None:
        raise Http404
    return found


def grant_unit(grant: RoleGrant) -> str:
    """Return where a role holds: `1111 - Ekens Tandvård Ryd`."""
    return _scope_of(grant)[2]


def grant_text(grant: RoleGrant) -> str:
    """Return a role with where it holds: `General dentistry, basic, 1111 - Ekens Tandvård Ryd`."""
    return f"{gettext(Role(grant.role).label)}, {grant_unit(grant)}"


def user_crumbs(user: User | None = None) -> list[Crumb]:
    """Return the way to the list of users, or to one of them."""
    crumbs = [Crumb(gettext("Users"), reverse("access:search_users"))]
    return crumbs if user is None else [*crumbs, Crumb(user.name, reverse("access:user", args=[user.pk]))]


def roles_here(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that the actor's authority has: a region has other ones than a municipality."""
    return AUTHORITY_ROLES[organisations.authority_kind(actor.authority_id)]


def scope_choices(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return where a role can be held, in groups: the authority and that in it where its roles hold."""
    found = {
        ScopeKind.AUTHORITY: (
            gettext("Authority"),
            [(f"authority:{actor.authority_id}", organisations.authority(actor.authority_id).name)],
        ),
        ScopeKind.PROVIDER: (
            gettext("Care provider"),
            [(f"provider:{row.pk}", row.name) for row in organisations.providers_of(actor)],
        ),
        ScopeKind.AREA: (
            gettext("Billing area"),
            [(f"area:{row.pk}", row.name) for row in organisations.areas_of(actor)],
        ),
        ScopeKind.CLINIC: (
            organisations.units_title(actor.authority_kind is AuthorityKind.MUNICIPALITY),
            [(f"clinic:{row.pk}", str(row)) for row in organisations.clinics_of(actor).order_by("number")],
        ),
    }
    held = frozenset[ScopeKind]().union(*(ROLE_SCOPES[role] for role in roles_here(actor)))
    return [group for scope, group in found.items() if scope in held and group[1]]
