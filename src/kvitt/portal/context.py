"""The frame of every page: who and where, the menu by rights, the day, the language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

import kvitt
from kvitt.foundation import clock
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access import queries as access
from kvitt.registers.access.middleware import UNIT_IN_SESSION, WRITTEN_EVERY
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import SEES_LINES, Actor, Permission
from kvitt.registers.organisations.lifecycle import AuthorityKind

_LANGUAGES = {"sv": ("en", "English"), "en": ("sv", "Svenska")}


@dataclass(frozen=True)
class MenuItem:
    """An entry of the menu as the header shows it: a link, or a group of links."""

    label: str
    url: str
    current: bool
    shortcut: str = ""
    children: Sequence["MenuItem"] = ()


@dataclass(frozen=True)
class _Entry:
    """An entry of the menu: its page, who sees it, and which addresses it stands for.

    `covers` are URL names and namespaces; a name wins over a namespace.
    """

    label: str
    name: str = ""
    needs: Permission | None = None
    covers: frozenset[str] = frozenset()
    shortcut: str = ""
    children: tuple["_Entry", ...] = ()
    but_not_with: Permission | None = None
    any_of: frozenset[Permission] = frozenset()
    of: AuthorityKind | None = None
    folder: str = ""

    @property
    def url(self) -> str:
        """Where it leads; a group leads nowhere, and to several folders it is the first of them."""
        if not self.name:
            return ""
        return reverse(self.name, kwargs={"folder": self.folder} if self.folder else None)

    def is_for(self, actor: Actor) -> bool:
        """Tell whether the actor sees it."""
        hides = self.but_not_with is not None and actor.may(self.but_not_with)
        is_here = self.of is None or actor.authority_kind is self.of
        has_one = not self.any_of or any(actor.may(permission) for permission in self.any_of)
        return is_here and not hides and has_one and (self.needs is None or actor.may(self.needs))


_P = Permission
_REGION, _MUNICIPALITY = AuthorityKind.REGION, AuthorityKind.MUNICIPALITY
# In the order of the menu. Source: spec, Labels.
_MENU = (
    _Entry(_("Home"), "portal:start", covers=frozenset({"portal:work"}), shortcut="h"),
    _Entry(
        _("Listed patients"),
        "listings:listed_patients",
        _P.SEE_PATIENTS,
        frozenset({"listings", "dental_records", "portal:found_patients", "portal:search_patient"}),
        "l",
    ),
    _Entry(
        _("Needs allowance"),
        needs=_P.SEE_CASES,
        covers=frozenset({"needs_allowance"}),
        children=(_Entry(_("Search needs-allowance case"), "needs_allowance:search_cases", shortcut="b"),),
    ),
    _Entry(
        _("Population responsibility"),
        needs=_P.SEE_ACTIVITIES,
        covers=frozenset({"population_health"}),
        children=(
            _Entry(_("Search and manage activities"), "population_health:search_activities"),
            _Entry(_("Statistics"), "population_health:statistics"),
        ),
    ),
    _Entry(
        _("Special care dentistry"),
        needs=_P.SEE_CLAIMS,
        covers=frozenset({"special_care"}),
        children=(
            _Entry(_("Register claim"), "special_care:register_claim", _P.REPORT_CLAIMS),
            _Entry(_("Upload claims file"), "special_care:upload_claims_file", _P.REPORT_CLAIMS),
            _Entry(_("Your invoices"), "special_care:claim_invoices", _P.CREDIT_CLAIMS, folder="processing"),
            _Entry(
                _("Invoices of special care dentistry"),
                "special_care:claim_invoices",
                folder="processing",
                but_not_with=_P.CREDIT_CLAIMS,
            ),
            _Entry(_("Preauthorizations"), "special_care:search_plans"),
            _Entry(_("Review claims"), "special_care:review_claims", _P.REVIEW_CLAIMS),
            _Entry(_("Propose payment"), "special_care:propose_payment", _P.REVIEW_CLAIMS),
            _Entry(_("Repayments"), "special_care:repayments", _P.REVIEW_CLAIMS),
            _Entry(_("Certificates"), "special_care:search_certificates", _P.HANDLE_CERTIFICATES),
            _Entry(_("Out-of-county care"), "special_care:out_of_county", but_not_with=_P.CREDIT_CLAIMS),
            # Who sees invoices has it under Invoicing.
            _Entry(
                _("Payments"),
                "settlement:payments",
                _P.SEE_PAYMENTS,
                frozenset({"settlement"}),
                but_not_with=_P.SEE_INVOICES,
            ),
        ),
    ),
    _Entry(
        _("Care fees"),
        needs=_P.SEE_CLIENTS,
        covers=frozenset({"care_fees"}),
        children=(
            _Entry(_("Desktop"), "care_fees:desktop"),
            _Entry(_("Clients"), "care_fees:search_clients"),
            _Entry(_("Services and products"), "care_fees:services"),
            _Entry(_("Contract list"), "care_fees:search_tenancies"),
            _Entry(_("Dwellings"), "care_fees:search_dwellings"),
            _Entry(_("Performed services"), "care_fees:registrations", _P.REGISTER_CARE),
            _Entry(_("Billing controls"), "care_fees:absences"),
        ),
    ),
    _Entry(
        _("To assess"),
        "preauthorization:queue",
        _P.ASSESS_REQUESTS,
        frozenset(
            {
                "preauthorization",
                "needs_allowance:assess_request",
                "needs_allowance:decide_request",
                "needs_allowance:save_draft_decision",
                "needs_allowance:ask_for_completion",
                "special_care:assess_request",
                "special_care:decide_request",
                "special_care:save_draft_decision",
                "special_care:ask_for_completion",
            }
        ),
    ),
    _Entry(
        _("Invoicing"),
        needs=_P.SEE_INVOICES,
        covers=frozenset({"ledger", "needs_allowance:create_invoice", "needs_allowance:invoice_basis_lines"}),
        children=(
            _Entry(_("Search and manage invoices"), "ledger:search_invoices", shortcut="f"),
            _Entry(_("Review invoices"), "ledger:review_invoices", _P.REVIEW_INVOICES),
            _Entry(_("Attest invoices"), "ledger:attest_invoices", _P.ATTEST_INVOICES),
            _Entry(_("Start payouts"), "ledger:start_payouts", _P.ATTEST_INVOICES),
            _Entry(_("Confirm payouts"), "ledger:confirm_payouts", _P.ATTEST_INVOICES),
            _Entry(
                _("Payments"),
                "settlement:payments",
                _P.SEE_PAYMENTS,
                frozenset({"settlement"}),
                but_not_with=_P.PROPOSE_PAYMENTS,
            ),
        ),
    ),
    _Entry(
        _("Payment"),
        any_of=frozenset({_P.PROPOSE_PAYMENTS, _P.ADMINISTER}),
        of=_REGION,
        covers=frozenset({"settlement"}),
        children=(
            _Entry(_("Payment runs"), "settlement:runs", _P.PROPOSE_PAYMENTS),
            _Entry(_("Payments"), "settlement:payments", _P.PROPOSE_PAYMENTS),
            _Entry(
                _("Files and bank answers"),
                "settlement:outgoing_files",
                any_of=frozenset({_P.PROPOSE_PAYMENTS, _P.EXPORT_VOUCHERS}),
            ),
            _Entry(_("Voucher files"), "settlement:voucher_files", _P.EXPORT_VOUCHERS),
            _Entry(_("Accounts that pay"), "settlement:paying_accounts", _P.ADMINISTER),
        ),
    ),
    _Entry(
        _("Registers"),
        needs=_P.ADMINISTER,
        covers=frozenset(
            {
                *("organisations", "access", "people", "clinic_administration", "accounting"),
                "special_care:save_category",
            }
        ),
        children=(
            _Entry(_("Authority"), "organisations:change_authority"),
            _Entry(_("Care providers"), "organisations:search_providers"),
            _Entry(_("Billing areas"), "organisations:search_areas", of=_MUNICIPALITY),
            _Entry(_("Care units"), "organisations:search_clinics", of=_MUNICIPALITY),
            _Entry(_("Clinics"), "organisations:search_clinics", of=_REGION),
            _Entry(_("Account changes"), "clinic_administration:account_changes", of=_REGION),
            _Entry(_("Users"), "access:search_users"),
            _Entry(_("Persons"), "people:search_persons"),
            _Entry(_("Patient categories"), "special_care:categories", of=_REGION),
            _Entry(_("Account strings"), "accounting:account_strings", of=_REGION),
            _Entry(
                _("Parameters"),
                "price_lists:search_parameters",
                of=_MUNICIPALITY,
                covers=frozenset({"price_lists"}),
            ),
        ),
    ),
    _Entry(
        _("Procedure codes"),
        needs=_P.SEE_CODES,
        covers=frozenset({"price_lists"}),
        children=(
            _Entry(_("Search procedure codes"), "ledger:search_lines", any_of=frozenset(SEES_LINES.values())),
            _Entry(_("Procedure codes"), "price_lists:search_items"),
        ),
        but_not_with=_P.ADMINISTER,
    ),
    _Entry(
        _("Procedure codes"),
        needs=_P.ADMINISTER,
        of=_REGION,
        covers=frozenset({"price_lists"}),
        children=(
            _Entry(_("Procedure codes"), "price_lists:search_items"),
            _Entry(_("Parameters"), "price_lists:search_parameters"),
            _Entry(_("Forbidden combinations"), "price_lists:search_combinations"),
        ),
    ),
    _Entry(
        _("Clinic administration"),
        "clinic_administration:clinics",
        _P.MANAGE_UNIT,
        frozenset({"clinic_administration"}),
    ),
    _Entry(_("E-mail settings"), "mailing:mail", _P.CHANGE_MAIL_CHOICES, frozenset({"mailing"})),
    _Entry(
        _("Calendar"),
        needs=_P.ADMINISTER,
        of=_REGION,
        covers=frozenset({"ledger", "ledger:set_window", "ledger:run", "ledger:repeat_run"}),
        children=(
            _Entry(_("Invoicing periods"), "ledger:windows"),
            _Entry(_("Invoice runs"), "ledger:runs"),
        ),
    ),
    _Entry(
        _("News and questions"),
        needs=_P.ADMINISTER,
        covers=frozenset(
            {
                "portal:create_news_item",
                "portal:news_item",
                "portal:change_news_item",
                "portal:end_news_item",
                "portal:create_faq_entry",
                "portal:change_faq_entry",
                "portal:remove_faq_entry",
                "portal:question",
                "portal:answer_question",
                "portal:create_support_contact",
                "portal:change_support_contact",
                "portal:remove_support_contact",
            }
        ),
        children=(
            _Entry(_("News"), "portal:manage_news"),
            _Entry(_("Questions and answers"), "portal:manage_faq"),
            _Entry(_("Questions to support"), "portal:search_questions"),
            _Entry(_("Support contacts"), "portal:manage_contacts"),
        ),
    ),
    _Entry(_("Audit log"), "audit:search_events", _P.READ_AUDIT, frozenset({"audit"})),
    _Entry(_("Support"), "portal:support", covers=frozenset({"portal:ask_question", "portal:question"})),
)


class Frame:
    """What `base.html` shows around every page; each part is found when the template asks for it."""

    version = kvitt.__version__

    def __init__(self, request: HttpRequest) -> None:
        """Remember the request."""
        self._request = request

    @cached_property
    def _user(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def _actor(self) -> Actor | None:
        return actor_of(self._request)

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in, with a unit or without."""
        return self._user is not None

    @property
    def seconds_to_warning(self) -> int:
        """How long a page is left alone until it warns that the session ends: two minutes before."""
        alone: timedelta = settings.KVITT_SESSION_IDLE - WRITTEN_EVERY - timedelta(minutes=2)
        return max(int(alone.total_seconds()), 60)

    @property
    def user(self) -> str:
        """The name of the user."""
        return self._user.name if self._user else ""

    @property
    def unit(self) -> str:
        """Where the user works now."""
        return self._actor.unit_text if self._actor else ""

    @property
    def role(self) -> str:
        """As what."""
        return self._actor.role_text if self._actor else ""

    @property
    def theme(self) -> str:
        """Light, dark, or as the computer."""
        return self._user.theme if self._user else "auto"

    @property
    def density(self) -> str:
        """How close the rows of a table stand."""
        return self._user.density if self._user else "normal"

    @property
    def shortcuts(self) -> bool:
        """Whether single keys do anything (WCAG 2.1.4)."""
        return self._user.has_shortcuts if self._user else False

    @cached_property
    def may_choose_unit(self) -> bool:
        """Whether there is another unit to choose."""
        if self._actor is not None and self._actor.unit_id is not None:
            return self._actor.has_other_units
        return self._user is not None and len(access.units_of(self._user)) > 1

    @property
    def may_search_patient(self) -> bool:
        """Whether the header has the patient search."""
        return self._actor is not None and self._actor.may(Permission.SEE_PATIENTS)

    @property
    def may_search_client(self) -> bool:
        """Whether the header has the search of a municipality's clients instead."""
        may = self._actor is not None and self._actor.may(Permission.SEE_CLIENTS)
        return may and not self.may_search_patient

    @cached_property
    def menu(self) -> list[MenuItem]:
        """The entries that the actor has a right to, in their order; none without a unit."""
        actor = self._actor
        return menu_of(actor, self._request) if actor and actor.unit_id is not None else []

    @property
    def environment(self) -> str:
        """The mark of a demo or test installation."""
        return str(settings.KVITT_ENVIRONMENT)

    @property
    def today(self) -> date:
        """The business date."""
        return clock.today()

    @property
    def today_is_fixed(self) -> bool:
        """Whether a setting holds the business date still."""
        return settings.KVITT_TODAY is not None

    @property
    def other_language(self) -> str:
        """The other language in its own words."""
        return self._other[1]

    @property
    def other_language_code(self) -> str:
        """The code of the other language."""
        return self._other[0]

    @property
    def _other(self) -> tuple[str, str]:
        return _LANGUAGES.get(get_language() or "", _LANGUAGES["sv"])


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Give every template the frame around it."""
    return {"frame": Frame(request)}


def actor_of(request: HttpRequest) -> Actor | None:
    """Return who acts, also on pages that are open to those who are signed out."""
    if hasattr(request, "actor"):
        actor: Actor = request.actor
        return actor
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    return access.actor(user, request.session.get(UNIT_IN_SESSION, ""), today=clock.today())


def menu_of(actor: Actor, request: HttpRequest) -> list[MenuItem]:
    """Return the entries that the actor has a right to; the one that the request belongs to is current."""
    match = request.resolver_match
    name, namespace = (match.view_name, match.namespace) if match else ("", "")
    entries = [entry for entry in _MENU if entry.is_for(actor)]
    here = next(
        (
            entry
            for known in (name, namespace)
            if known
            for entry in entries
            if known in _names_of(entry, actor)
        ),
        None,
    )
    return [_item(actor, entry, name, is_current=entry is here) for entry in entries]


def _names_of(entry: _Entry, actor: Actor) -> frozenset[str]:
    """Return what an entry stands for, with what is below it for the actor."""
    children = [child for child in entry.children if child.is_for(actor)]
    names = {named.name for named in (entry, *children) if named.name}
    return entry.covers.union(names, *(child.covers for child in children))


def _item(actor: Actor, entry: _Entry, name: str, *, is_current: bool) -> MenuItem:
    item = MenuItem(
        label=gettext(entry.label),
        url=entry.url,
        current=is_current,
        shortcut=entry.shortcut,
    )
    children = [
        _item(actor, child, name, is_current=child.name == name)
        for child in entry.children
        if child.is_for(actor)
    ]
    return replace(item, children=children)
