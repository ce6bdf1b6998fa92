"""Read what a clinic's administrator sees of it, and which accounts wait for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.audit import queries as audit
from kvitt.foundation import clock
from kvitt.foundation.forms import problem_text
from kvitt.foundation.tables import Action, Crumb
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor, Permission, Role
from kvitt.registers.clinic_administration.lifecycle import AccountChangeStatus
from kvitt.registers.clinic_administration.models import AccountChange
from kvitt.registers.clinic_administration.rules import check_decision
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations import rules as organisation_rules
from kvitt.registers.organisations.lifecycle import GiroKind
from kvitt.registers.organisations.models import Clinic

WAITING = AccountChangeStatus.WAITING
# What tells how a clinic is reached, as the log calls it, and how long a change of it is told.
CONTACT_DETAILS = frozenset({"street", "postcode", "town", "phone", "email", "addresses"})
RECENTLY = timedelta(days=30)


@dataclass(frozen=True)
class UserRow:
    """A user of the clinic, with his roles there."""

    id: int
    name: str
    username: str
    roles: str
    last_sign_in: str
    works_elsewhere: bool
    is_active: bool
    is_self: bool


@dataclass(frozen=True)
class WaitingChange:
    """The account that the clinic is to have when somebody has approved it."""

    id: int
    text: str


@dataclass(frozen=True)
class UnitPage:
    """Everything `clinic.html` shows."""

    id: int
    title: str
    lead: str
    crumbs: Sequence[Crumb]
    name: str
    provider: str
    street: str
    place: str
    phone: str
    email: str
    account: str
    waiting: WaitingChange | None
    last_decision: str
    users: Sequence[UserRow]


@dataclass(frozen=True)
class ChangePage:
    """Everything `account_change.html` shows; `hindrance` is why the actor may not decide.

    `contact_change` tells that the clinic is reached in another way than lately: an account is stolen so.
    """

    id: int
    title: str
    lead: str
    crumbs: Sequence[Crumb]
    status: AccountChangeStatus
    facts: Sequence[tuple[str, str]]
    contact_change: str
    hindrance: str
    actions: Sequence[Action]


# The clinic ---------------------------------------------------------------------------------------


def managed_clinics(actor: Actor) -> QuerySet[Clinic]:
    """Return the clinics that the actor administers. Raises NotAllowed."""
    if not actor.may(Permission.ADMINISTER):
        actor.require(Permission.MANAGE_UNIT)
    return organisations.clinics_of(actor)


def unit_page(actor: Actor, clinic_id: int) -> UnitPage:
    """Return a clinic to who administers it. Raises Http404, NotAllowed. Source: spec SC-24."""
    clinic = organisations.clinic_to_manage(actor, clinic_id)
    changes = AccountChange.objects.filter(clinic=clinic)
    waiting = changes.filter(status=WAITING).first()
    decided = None if waiting else changes.exclude(status=WAITING).order_by("-pk").first()
    return UnitPage(
        id=clinic.pk,
        title=gettext("Clinic administration"),
        lead=str(clinic),
        crumbs=[] if actor.clinic_id else unit_crumbs(clinic, is_here=True),
        name=clinic.name,
        provider=str(clinic.provider),
        street=clinic.street,
        place=f"{clinic.postcode} {clinic.town}".strip(),
        phone=clinic.phone,
        email=clinic.email,
        account=account_text(clinic.giro_kind, clinic.giro_number),
        waiting=WaitingChange(waiting.pk, _waiting_text(waiting)) if waiting else None,
        last_decision=_decision_text(decided) if decided else "",
        users=[_user_row(actor, user) for user in access.unit_users(actor, clinic_id)],
    )


def unit_crumbs(clinic: Clinic, *, is_here: bool = False) -> list[Crumb]:
    """Return the way to a clinic's administration."""
    url = "" if is_here else reverse("clinic_administration:clinic", args=[clinic.pk])
    list_url = reverse("clinic_administration:clinics")
    return [Crumb(gettext("Clinic administration"), list_url), Crumb(str(clinic), url)]


def role_choices(clinic_id: int, *, on: date, held: Sequence[Role] = ()) -> list[tuple[str, str]]:
    """Return the roles that can be chosen for a user of the clinic: those offered, and those held."""
    offered = {*access.unit_roles(clinic_id, on=on), *held}
    return [(role.value, gettext(role.label)) for role in Role if role in offered]


def account_text(kind: str, number: str) -> str:
    """Return an account as it is written: `Bankgiro 5050-1055`; empty when there is none."""
    if not number:
        return ""
    return f"{gettext(GiroKind(kind).label)} {organisation_rules.format_account(kind, number)}"


def waiting_account(clinic_id: int) -> str:
    """Return the account that already waits for a decision, as it is written; empty when none does."""
    found = AccountChange.objects.filter(clinic_id=clinic_id, status=WAITING).first()
    return account_text(found.giro_kind, found.giro_number) if found else ""


def _user_row(actor: Actor, user: User) -> UserRow:
    held = {grant.role for grant in getattr(user, "grants_here", ())}
    return UserRow(
        id=user.pk,
        name=user.name,
        username=user.username,
        roles=", ".join(gettext(role.label) for role in Role if role in held),
        last_sign_in=_sign_in_text(user),
        works_elsewhere=getattr(user, "works_elsewhere", False),
        is_active=user.is_active,
        is_self=user.pk == actor.user_id,
    )


def _sign_in_text(user: User) -> str:
    """Return when a user signed in, empty for never; of one with roles elsewhere too it is not told."""
    if user.last_login is None or getattr(user, "works_elsewhere", False):
        return ""
    return f"{user.last_login.astimezone(clock.STOCKHOLM):%Y-%m-%d %H.%M}"


def _waiting_text(change: AccountChange) -> str:
    text = gettext(
        "%(name)s asked for %(account)s on %(day)s. The region decides; the old account holds until then."
    )
    return text % {
        "name": change.requested_by,
        "account": account_text(change.giro_kind, change.giro_number),
        "day": f"{change.requested_at.astimezone(clock.STOCKHOLM):%Y-%m-%d}",
    }


def _decision_text(change: AccountChange) -> str:
    texts = {
        AccountChangeStatus.APPROVED: gettext("%(name)s approved %(account)s on %(day)s."),
        AccountChangeStatus.REFUSED: gettext("%(name)s did not approve %(account)s on %(day)s: %(reason)s"),
        AccountChangeStatus.WITHDRAWN: gettext("%(name)s took back %(account)s on %(day)s."),
    }
    decided = change.decided_at.astimezone(clock.STOCKHOLM) if change.decided_at else None
    return texts[AccountChangeStatus(change.status)] % {
        "name": change.decided_by,
        "account": account_text(change.giro_kind, change.giro_number),
        "day": f"{decided:%Y-%m-%d}" if decided else "",
        "reason": change.reason,
    }


# The authority's decisions ------------------------------------------------------------------------


def account_changes(actor: Actor, *, state: str = "") -> QuerySet[AccountChange]:
    """Return the authority's requests for other accounts, for its administrator; `is_waiting` sorts them.

    Source: spec SC-24.
    """
    actor.require(Permission.ADMINISTER)
    is_waiting = Case(When(status=WAITING, then=Value(1)), default=Value(0), output_field=IntegerField())
    found = AccountChange.objects.filter(clinic__authority_id=actor.authority_id).select_related("clinic")
    if state:
        found = found.filter(status=WAITING) if state == "waiting" else found.exclude(status=WAITING)
    return found.annotate(is_waiting=is_waiting)


def open_account_changes(actor: Actor) -> int:
    """Return how many requests the actor can decide: not his own; none but for administrators.

    Their list is `clinic_administration:account_changes`. Source: spec SC-24.
    """
    if not actor.may(Permission.ADMINISTER):
        return 0
    return account_changes(actor, state="waiting").exclude(requested_by_id=actor.user_id).count()


def account_change(actor: Actor, change_id: int) -> AccountChange:
    """Return a request of a clinic that the actor administers. Raises Http404, NotAllowed."""
    found = AccountChange.objects.select_related("clinic__authority").filter(pk=change_id).first()
    if found is None:
        raise Http404
    organisations.clinic_to_manage(actor, found.clinic_id)
    return found


def change_to_decide(actor: Actor, change_id: int) -> AccountChange:
    """Return a request to the authority's administrator. Raises Http404, NotAllowed."""
    found = account_change(actor, change_id)
    actor.require(Permission.ADMINISTER)
    return found


def change_page(actor: Actor, change_id: int) -> ChangePage:
    """Return a request with what the actor may do with it. Raises Http404, NotAllowed."""
    change = change_to_decide(actor, change_id)
    is_waiting = change.status == WAITING
    problems = check_decision(requested_by_id=change.requested_by_id, decided_by_id=actor.user_id)
    return ChangePage(
        id=change.pk,
        title=gettext("Change of account"),
        lead=str(change.clinic),
        crumbs=[*change_crumbs(), Crumb(str(change.clinic))],
        status=AccountChangeStatus(change.status),
        facts=_change_facts(change),
        contact_change=_contact_change(change) if is_waiting else "",
        hindrance=problem_text(problems[0]) if problems and is_waiting else "",
        actions=_change_actions(change, may_decide=not problems) if is_waiting else [],
    )


def change_crumbs(change: AccountChange | None = None) -> list[Crumb]:
    """Return the way to the list of requests, or to one of them."""
    crumbs = [Crumb(gettext("Account changes"), reverse("clinic_administration:account_changes"))]
    if change is None:
        return crumbs
    url = reverse("clinic_administration:account_change", args=[change.pk])
    return [*crumbs, Crumb(str(change.clinic), url)]


def _change_facts(change: AccountChange) -> list[tuple[str, str]]:
    moments = {
        "asked": change.requested_at.astimezone(clock.STOCKHOLM),
        "decided": change.decided_at.astimezone(clock.STOCKHOLM) if change.decided_at else None,
    }
    facts = [
        (gettext("Account now") if change.status == WAITING else gettext("Account before"), _old(change)),
        (gettext("Account asked for"), account_text(change.giro_kind, change.giro_number)),
        (gettext("Asked by"), f"{change.requested_by}, {moments['asked']:%Y-%m-%d %H.%M}"),
        (gettext("Telephone"), change.clinic.phone or gettext("Missing")),
    ]
    if moments["decided"]:
        who = f"{change.decided_by}, {moments['decided']:%Y-%m-%d %H.%M}"
        is_withdrawn = change.status == AccountChangeStatus.WITHDRAWN
        facts.append((gettext("Taken back by") if is_withdrawn else gettext("Decision by"), who))
    if change.reason:
        facts.append((gettext("Reason"), change.reason))
    return facts


def _contact_change(change: AccountChange) -> str:
    """Return who last changed how the clinic is reached, from 30 days before the request on."""
    since = change.requested_at - RECENTLY
    for event in audit.events_of("clinic", change.clinic.number):
        is_known = bool(event.data.get("before"))  # else the clinic was registered then
        is_contact = not CONTACT_DETAILS.isdisjoint(event.data.get("after") or {})
        is_its_own = event.authority_id == change.clinic.authority_id
        if is_its_own and is_known and is_contact and event.at >= since:
            text = gettext("The contact details were changed on %(day)s by %(name)s.")
            return text % {"day": f"{event.at.astimezone(clock.STOCKHOLM):%Y-%m-%d}", "name": event.user_name}
    return ""


def _old(change: AccountChange) -> str:
    return account_text(change.old_kind, change.old_number) or gettext("Missing")


def _change_actions(change: AccountChange, *, may_decide: bool) -> list[Action]:
    def action(label: str, name: str, icon: str, *, is_primary: bool = False) -> Action:
        url = reverse(f"clinic_administration:{name}", args=[change.pk])
        return Action(label, url, is_primary=is_primary, is_dialog=True, icon=icon)

    if not may_decide:
        return [action(gettext("Take back"), "withdraw_account_change", "undo-2")]
    return [
        action(gettext("Do not approve"), "refuse_account_change", "x"),
        action(gettext("Approve"), "approve_account_change", "check", is_primary=True),
    ]
