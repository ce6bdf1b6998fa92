"""Users: one for every role, and some in states of their own."""

from kvitt.foundation.values.text import search_key, sort_key
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import AUTHORITY_ROLES, ROLE_SCOPES, Role, ScopeKind
from kvitt.registers.organisations.lifecycle import AuthorityKind
from tests.journeys.sample.sample import Sample

# Roles of the cast that have a user of their own already, at the authority.
CAST = {
    Role.ASSESSOR: "frida",
    Role.REVIEWER: "gustav",
    Role.ATTESTER: "hanna",
    Role.ADMINISTRATOR: "ivar",
}


def make_users(sample: Sample) -> None:
    """One user for every role of a region that has none; Cilla has two clinics, Sven nowhere to work."""
    world = sample.world
    for role in AUTHORITY_ROLES[AuthorityKind.REGION]:
        if role not in CAST:
            unit = world.ryd
            if ScopeKind.CLINIC not in ROLE_SCOPES[role]:
                unit = world.eken if ScopeKind.PROVIDER in ROLE_SCOPES[role] else world.region
            world._user(role.value, f"Roll {role.value.replace('_', ' ')}", unit, (role,))
    world._user("cilla", "Cilla Exempelsson", world.ryd, (Role.DENTAL_BASIC, Role.DENTAL_INVOICES))
    RoleGrant.objects.create(user=world.users["cilla"], role=Role.DENTAL_BASIC, clinic=world.linghem)
    world._user("sven", "Sven Utanplats", world.ryd, ())
    world._user("gunnel", "Gunnel Slutadsson", world.ryd, (Role.DENTAL_BASIC,))
    for user in world.users.values():
        user.sort_key, user.search_key = sort_key(user.name), search_key(f"{user.name} {user.username}")
        user.is_active = user.username != "gunnel"
        user.save()
    sample.ids |= {
        "user": world.users["anna"].pk,
        "inactive user": world.users["gunnel"].pk,
        "grant": world.users["anna"].grants.first().pk,
    }
