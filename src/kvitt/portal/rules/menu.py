"""The menu of every page: what there is, in its order, and who sees it."""

from dataclasses import dataclass

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import SEES_LINES, Actor, Permission
from kvitt.registers.organisations.lifecycle import AuthorityKind


@dataclass(frozen=True)
class Entry:
    """An entry of the menu: its page, who sees it, and which addresses it stands for.

    `covers` are URL names and namespaces; a name wins over a namespace.
    """

    label: str
    name: str = ""
    needs: Permission | None = None
    covers: frozenset[str] = frozenset()
    shortcut: str = ""
    children: tuple["Entry", ...] = ()
    but_not_with: Permission | None = None
    any_of: frozenset[Permission] = frozenset()
    of: AuthorityKind | None = None
    folder: str = ""

    def is_for(self, actor: Actor) -> bool:
        """Tell whether the actor sees it.

        Source: spec CO-4.
        """
        hides = self.but_not_with is not None and actor.may(self.but_not_with)
        is_here = self.of is None or actor.authority_kind is self.of
        has_one = not self.any_of or any(actor.may(permission) for permission in self.any_of)
        return is_here and not hides and has_one and (self.needs is None or actor.may(self.needs))


_P = Permission
_REGION, _MUNICIPALITY = AuthorityKind.REGION, AuthorityKind.MUNICIPALITY
# In the order of the menu. Source: spec, Labels.
MENU = (
    Entry(_("Home"), "portal:start", covers=frozenset({"portal:work"}), shortcut="h"),
    Entry(
        _("Listed patients"),
        "listings:listed_patients",
        _P.SEE_PATIENTS,
        frozenset({"listings", "dental_records", "portal:found_patients", "portal:search_patient"}),
        "l",
    ),
    Entry(
        _("Needs allowance"),
        needs=_P.SEE_CASES,
        covers=frozenset({"needs_allowance"}),
        children=(Entry(_("Search needs-allowance case"), "needs_allowance:search_cases", shortcut="b"),),
    ),
    Entry(
        _("Population responsibility"),
        needs=_P.SEE_ACTIVITIES,
        covers=frozenset({"population_health"}),
        children=(
            Entry(_("Search and manage activities"), "population_health:search_activities"),
            Entry(_("Statistics"), "population_health:statistics"),
        ),
    ),
    Entry(
        _("Special care dentistry"),
        needs=_P.SEE_CLAIMS,
        covers=frozenset({"special_care"}),
        children=(
            Entry(_("Register claim"), "special_care:register_claim", _P.REPORT_CLAIMS),
            Entry(_("Upload claims file"), "special_care:upload_claims_file", _P.REPORT_CLAIMS),
            Entry(_("Your invoices"), "special_care:claim_invoices", _P.CREDIT_CLAIMS, folder="processing"),
            Entry(
                _("Invoices of special care dentistry"),
                "special_care:claim_invoices",
                folder="processing",
                but_not_with=_P.CREDIT_CLAIMS,
            ),
            Entry(_("Preauthorizations"), "special_care:search_plans"),
            Entry(_("Review claims"), "special_care:review_claims", _P.REVIEW_CLAIMS),
            Entry(_("Propose payment"), "special_care:propose_payment", _P.REVIEW_CLAIMS),
            Entry(_("Repayments"), "special_care:repayments", _P.REVIEW_CLAIMS),
            Entry(_("Certificates"), "special_care:search_certificates", _P.HANDLE_CERTIFICATES),
            Entry(_("Out-of-county care"), "special_care:out_of_county", but_not_with=_P.CREDIT_CLAIMS),
            # Who sees invoices has it under Invoicing.
            Entry(
                _("Payments"),
                "settlement:payments",
                _P.SEE_PAYMENTS,
                frozenset({"settlement"}),
                but_not_with=_P.SEE_INVOICES,
            ),
        ),
    ),
    Entry(
        _("Clients"),
        needs=_P.SEE_CLIENTS,
        covers=frozenset({"care_fees"}),
        children=(
            Entry(_("Desktop"), "care_fees:desktop"),
            Entry(_("Search client"), "care_fees:search_clients"),
        ),
    ),
    Entry(
        _("Housing"),
        needs=_P.SEE_CLIENTS,
        covers=frozenset(
            {
                "care_fees:find_tenant",
                "care_fees:tenancy",
                "care_fees:create_tenancy",
                "care_fees:change_tenancy",
                "care_fees:change_rent",
                "care_fees:end_tenancy",
                "care_fees:grant_free_month",
                "care_fees:create_dwelling",
                "care_fees:change_dwelling",
            }
        ),
        children=(
            Entry(_("Contract list"), "care_fees:search_tenancies"),
            Entry(_("Dwellings"), "care_fees:search_dwellings"),
        ),
    ),
    Entry(
        _("Performed services"),
        needs=_P.SEE_CLIENTS,
        covers=frozenset(
            {
                "care_fees:register_services",
                "care_fees:add_registered_client",
                "care_fees:service",
                "care_fees:save_service",
                "care_fees:set_service_price",
                "care_fees:end_service",
            }
        ),
        children=(
            Entry(_("Registration/correction"), "care_fees:registrations", _P.REGISTER_CARE),
            Entry(_("Load from file"), "care_fees:load_registrations", _P.REGISTER_CARE),
            Entry(_("Services and products"), "care_fees:services"),
        ),
    ),
    Entry(_("Billing basis"), "care_fees:billing_basis", _P.SEE_CLIENTS),
    Entry(
        _("Calculate and compile"),
        "care_fees:billing_run",
        _P.RUN_FEES,
        frozenset(
            {
                *(
                    "care_fees:create_selection",
                    "care_fees:calculate",
                    "care_fees:approve",
                    "care_fees:reopen",
                ),
                *("care_fees:rules", "care_fees:save_rule", "care_fees:end_rule", "care_fees:time_plan"),
            }
        ),
    ),
    Entry(
        _("Follow-up"),
        needs=_P.SEE_CLIENTS,
        covers=frozenset(
            {
                "care_fees:control",
                "care_fees:absences",
                "care_fees:reimbursement",
                "care_fees:make_decisions",
                "care_fees:make_invoices",
                "care_fees:waiting_months",
                "care_fees:batch",
                "care_fees:send_batch",
                "settlement:resend_file",
                "care_fees:invoice",
                "care_fees:invoice_contacts",
                "care_fees:save_contact",
                "care_fees:end_contact",
            }
        ),
        children=(
            Entry(_("Billing journal"), "care_fees:journal"),
            Entry(_("Billing controls"), "care_fees:controls"),
            Entry(_("Statistics"), "care_fees:statistics"),
            Entry(_("Invoices"), "care_fees:batches", _P.MANAGE_BILLING),
            Entry(_("Files that leave"), "settlement:outgoing_files", _P.MANAGE_BILLING),
            Entry(_("Simulate fee"), "care_fees:simulation"),
            Entry(_("Decisions anew"), "care_fees:recalculate_decisions", _P.DECIDE_FEES),
        ),
    ),
    Entry(
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
    Entry(
        _("Invoicing"),
        needs=_P.SEE_INVOICES,
        covers=frozenset({"ledger", "needs_allowance:create_invoice", "needs_allowance:invoice_basis_lines"}),
        children=(
            Entry(_("Search and manage invoices"), "ledger:search_invoices", shortcut="f"),
            Entry(_("Review invoices"), "ledger:review_invoices", _P.REVIEW_INVOICES),
            Entry(_("Attest invoices"), "ledger:attest_invoices", _P.ATTEST_INVOICES),
            Entry(_("Start payouts"), "ledger:start_payouts", _P.ATTEST_INVOICES),
            Entry(_("Confirm payouts"), "ledger:confirm_payouts", _P.ATTEST_INVOICES),
            Entry(
                _("Payments"),
                "settlement:payments",
                _P.SEE_PAYMENTS,
                frozenset({"settlement"}),
                but_not_with=_P.PROPOSE_PAYMENTS,
            ),
        ),
    ),
    Entry(
        _("Payment"),
        any_of=frozenset({_P.PROPOSE_PAYMENTS, _P.ADMINISTER}),
        of=_REGION,
        covers=frozenset({"settlement"}),
        children=(
            Entry(_("Payment runs"), "settlement:runs", _P.PROPOSE_PAYMENTS),
            Entry(_("Payments"), "settlement:payments", _P.PROPOSE_PAYMENTS),
            Entry(
                _("Files and bank answers"),
                "settlement:outgoing_files",
                any_of=frozenset({_P.PROPOSE_PAYMENTS, _P.EXPORT_VOUCHERS}),
            ),
            Entry(_("Voucher files"), "settlement:voucher_files", _P.EXPORT_VOUCHERS),
            Entry(_("Accounts that pay"), "settlement:paying_accounts", _P.ADMINISTER),
        ),
    ),
    Entry(
        _("Registers"),
        needs=_P.ADMINISTER,
        covers=frozenset(
            {
                *("organisations", "access", "people", "clinic_administration", "accounting"),
                "special_care:save_category",
            }
        ),
        children=(
            Entry(_("Authority"), "organisations:change_authority"),
            Entry(_("Care providers"), "organisations:search_providers"),
            Entry(_("Billing areas"), "organisations:search_areas", of=_MUNICIPALITY),
            Entry(_("Care units"), "organisations:search_clinics", of=_MUNICIPALITY),
            Entry(_("Clinics"), "organisations:search_clinics", of=_REGION),
            Entry(_("Account changes"), "clinic_administration:account_changes", of=_REGION),
            Entry(_("Users"), "access:search_users"),
            Entry(_("Persons"), "people:search_persons"),
            Entry(_("Patient categories"), "special_care:categories", of=_REGION),
            Entry(_("Account strings"), "accounting:account_strings"),
            Entry(
                _("Parameters"),
                "price_lists:search_parameters",
                of=_MUNICIPALITY,
                covers=frozenset({"price_lists"}),
            ),
        ),
    ),
    Entry(
        _("Procedure codes"),
        needs=_P.SEE_CODES,
        covers=frozenset({"price_lists"}),
        children=(
            Entry(_("Search procedure codes"), "ledger:search_lines", any_of=frozenset(SEES_LINES.values())),
            Entry(_("Procedure codes"), "price_lists:search_items"),
        ),
        but_not_with=_P.ADMINISTER,
    ),
    Entry(
        _("Procedure codes"),
        needs=_P.ADMINISTER,
        of=_REGION,
        covers=frozenset({"price_lists"}),
        children=(
            Entry(_("Procedure codes"), "price_lists:search_items"),
            Entry(_("Parameters"), "price_lists:search_parameters"),
            Entry(_("Forbidden combinations"), "price_lists:search_combinations"),
        ),
    ),
    Entry(
        _("Clinic administration"),
        "clinic_administration:clinics",
        _P.MANAGE_UNIT,
        frozenset({"clinic_administration"}),
    ),
    Entry(_("E-mail settings"), "mailing:mail", _P.CHANGE_MAIL_CHOICES, frozenset({"mailing"})),
    Entry(
        _("Calendar"),
        needs=_P.ADMINISTER,
        of=_REGION,
        covers=frozenset({"ledger", "ledger:set_window", "ledger:run", "ledger:repeat_run"}),
        children=(
            Entry(_("Invoicing periods"), "ledger:windows"),
            Entry(_("Invoice runs"), "ledger:runs"),
        ),
    ),
    Entry(
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
            Entry(_("News"), "portal:manage_news"),
            Entry(_("Questions and answers"), "portal:manage_faq"),
            Entry(_("Questions to support"), "portal:search_questions"),
            Entry(_("Support contacts"), "portal:manage_contacts"),
        ),
    ),
    Entry(_("Audit log"), "audit:search_events", _P.READ_AUDIT, frozenset({"audit"})),
    Entry(_("Support"), "portal:support", covers=frozenset({"portal:ask_question", "portal:question"})),
)
