"""Django's name for this app, and its words in the log."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.apps import AppConfig
from django.db.models import Q

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import (
    RENT_CODE,
    AbsenceReason,
    CareKind,
    FeeType,
    FormerHousing,
    HomeKind,
    Household,
    HousingKind,
    IncomeKind,
    IncomePace,
    Measure,
    ReminderPace,
    ServiceKind,
)
from kvitt.registers.people.lifecycle import ContactKind

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


class CareFeesConfig(AppConfig):
    """Debitering: clients with their services, housing and absence, and what they pay."""

    name = "kvitt.modules.care_fees"
    label = "care_fees"
    events: ClassVar[dict[str, str]] = {
        "case": _("Opened a client"),
        "desktop": _("Opened the desktop of care fees"),
        "search_clients": _("Searched for clients"),
        "new_client": _("Looked up a person who becomes a client"),
        "create_client": _("Registered client"),
        "change_settings": _("Changed settings of client"),
        "request_move": _("Asked for another billing area"),
        "move_client": _("Moved client to another billing area"),
        "refuse_move": _("Refused a request for another billing area"),
        "add_recipient": _("Registered invoice recipient"),
        "save_recipient": _("Saved invoice recipient in the billing settings"),
        "end_recipient": _("Ended invoice recipient"),
        "grant_respite": _("Granted respite to estate"),
        "end_respite": _("Ended respite of estate"),
        "area_requests": _("Listed requests for another billing area"),
        "estates": _("Listed deceased clients without an estate recipient"),
        "left_alone": _("Listed clients who are left alone"),
        "respites": _("Listed respites of estates"),
        "create_dwelling": _("Registered a dwelling"),
        "change_dwelling": _("Changed a dwelling"),
        "create_tenancy": _("Registered a housing contract"),
        "change_tenancy": _("Mended a housing contract"),
        "change_rent": _("Changed the rent of a housing contract"),
        "end_tenancy": _("Ended a housing contract"),
        "grant_free_month": _("Granted a free month"),
        "tenancy": _("Opened a housing contract"),
        "search_tenancies": _("Listed housing contracts"),
        "receipt": _("Downloaded the receipt of a free month"),
        "add_correction": _("Corrected a fee"),
        "remove_correction": _("Removed the correction of a fee"),
        "add_absence": _("Registered absence"),
        "change_absence": _("Changed absence"),
        "end_absence": _("Ended absence"),
        "remove_absence": _("Removed absence"),
        "absences": _("Listed persons with temporary absence"),
        "control": _("Listed clients on a billing control"),
        "save_reminder": _("Set a reminder of absence"),
        "finish_reminder": _("Finished a reminder of absence"),
        "save_income": _("Registered income and housing cost"),
        "adjust_reserved": _("Changed the reserved amount"),
        "end_adjustment": _("Ended a change of the reserved amount"),
        "income_proof": _("Downloaded the proof of an income"),
        "decide_fee": _("Decided a fee"),
        "decision": _("Opened a fee decision"),
        "decision_letter": _("Downloaded the letter of a fee decision"),
        "recalculate_decisions": _("Decided fees anew"),
        "simulation": _("Simulated the fee of a client"),
        "recalculated_decisions": _("Listed fee decisions that are reckoned anew"),
        "load_services": _("Loaded services and prices"),
        "save_service": _("Saved a service"),
        "set_service_price": _("Gave a service a price"),
        "move_service": _("Moved a service in the catalogue"),
        "end_service": _("Ended a service"),
        "grant_service": _("Granted a service"),
        "change_granted": _("Changed the amount of a granted service"),
        "end_granted": _("Ended a granted service"),
        "registrations": _("Opened performed services of a unit"),
        "register_services": _("Registered performed services"),
        "add_registered_client": _("Looked up a client to register services"),
        "calculate_client": _("Calculated a month of client"),
        "load_registrations": _("Loaded performed services from a file"),
        "billing_run": _("Listed the clients of a selection"),
        "explanation": _("Opened the calculation of a client's month"),
        "billing_basis": _("Listed the billing basis"),
        "open_journal": _("Opened the billing journal before approval"),
        "journal": _("Read the billing journal"),
        "save_rule": _("Saved a selection rule"),
        "end_rule": _("Ended a selection rule"),
        "start_run": _("Started a billing run"),
        "calculate_selection": _("Calculated a selection"),
        "calculate_chunk": _("Calculated clients of a billing run"),
        "finish_run": _("Finished a billing run"),
        "stop_run": _("Gave up a billing run"),
        "approve_areas": _("Approved and locked the period of a billing area"),
        "reopen_area": _("Re-opened the period of a billing area"),
        "set_time_plan": _("Planned by when billing areas approve a period"),
        "open_batch": _("Began a batch of invoices to clients"),
        "issue_invoices": _("Made invoices to clients"),
        "finish_batch": _("Finished a batch of invoices to clients"),
        "batch": _("Listed the invoices of a batch"),
        "waiting_months": _("Listed what waits to be invoiced"),
        "invoice": _("Opened an invoice to a client"),
        "save_contact": _("Said whom one asks about the invoices of a unit"),
        "end_contact": _("Ended whom one asks about the invoices of a unit"),
        "change_note": _("Changed what is printed on a client's invoices"),
        "send_batch": _("Sent a batch of invoices"),
        "invoice_pdf": _("Downloaded an invoice"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "care_fees.client": _("Client"),
        "care_fees.dwelling": _("Dwelling"),
        "tenancy": _("Housing contract"),
        "dwelling": _("Dwelling"),
        "address": _("Address"),
        "care_fees.service": _("Service"),
        "care_fees.registrations": _("Unit and period"),
        "care_fees.journal": _("Billing journal"),
        "care_fees.billing_rule": _("Selection rule"),
        "care_fees.billing_run": _("Billing run"),
        "care_fees.area_month": _("Billing area and period"),
        "care_fees.period": _("Period"),
        "is_on_desktop": _("Shown on the desktop"),
        "clients": _("Clients"),
        "voided": _("Invoices voided"),
        "journal_opened": _("The billing journal had been opened"),
        "service": _("Service"),
        "kind": _("Kind"),
        "closed_on": _("Not let from"),
        "unit": _("Care unit"),
        "moved_in_on": _("Moved in"),
        "contract_date": _("Contract date"),
        "monthly_rent": _("Monthly rent"),
        "former_housing": _("Former housing"),
        "household": _("Who moves in"),
        "cost": _("Proven cost"),
        "file_name": _("File"),
        "amount": _("Amount"),
        "number": _("Number"),
        "first_on": _("First day"),
        "last_on": _("Last day"),
        "fee_type": _("Type of fee calculation"),
        "accepts_cap": _("Accepts the fee cap"),
        "parish_code": _("Parish code"),
        "settings": _("Settings"),
        "area": _("Billing area"),
        "areas": _("Billing areas"),
        "wanted_area": _("Wanted billing area"),
        "reason": _("Reason"),
        "answer": _("Reason of the refusal"),
        "name": _("Name"),
        "einvoices": _("E-invoices"),
        "files": _("Files to print"),
        "saves": _("Saved in the billing settings"),
        "recipient": _("Invoice recipient"),
        "ended_on": _("Ended"),
        "month": _("Period"),
        "invoice_text": _("Invoice text"),
        "absence": _("Absence"),
        "absence_reason": _("Reason"),
        "reported_on": _("Reported on"),
        "reminder_pace": _("How often"),
        "reminder_from": _("Reminder from"),
        "care": _("Type of care"),
        "measure": _("Measure"),
        "is_capped": _("Under the fee cap"),
        "is_restricted": _("Only where people stay"),
        "day_amount": _("Day amount"),
        "received_on": _("Statement received"),
        "incomes": _("Incomes"),
        "pace": _("Told"),
        "tax_amount": _("Tax"),
        "is_of_spouse": _("The spouse's"),
        "home": _("Housing"),
        "rent_amount": _("Rent a month"),
        "interest_amount": _("Interest on the loans, a year"),
        "operating_amount": _("Operating cost a month"),
        "square_metres": _("Square metres"),
        "cap": _("Fee cap"),
        "capacity": _("Fee capacity"),
        "vat_percent": _("VAT, percent"),
        "care_fees.batch": _("Batch of invoices"),
        "care_fees.invoice_contact": _("Care unit"),
        "invoice_date": _("Invoice date"),
        "count": _("Count"),
        "note": _("Note on the invoices"),
        **{
            member.value: member.label
            for kind in (
                *(AbsenceReason, CareKind, ContactKind, FeeType, FormerHousing, Household),
                *(HomeKind, HousingKind, IncomeKind, IncomePace, Measure, ReminderPace, ServiceKind),
            )
            for member in kind
        },
    }

    def clients_in_area(self, area_id: int, after: date) -> int:
        """Return how many clients stay in a billing area after the day: it does not close before they move.

        The register of areas asks, which does not know the modules. Source: spec CF-5.
        """
        placements = self.get_model("Placement")._default_manager  # noqa: SLF001 - Django documents it
        stay = Q(last_on__isnull=True) | Q(last_on__gt=after)
        return placements.filter(stay, area_id=area_id).values("client").distinct().count()

    def has_service(self, authority_id: int, code: str) -> bool:
        """Tell whether revenue is booked by the code: that of a service, on any day, or the one of rents.

        The register of account strings asks, which does not know the modules. Source: spec CF-25, CF-29.
        """
        services = self.get_model("Service")._default_manager  # noqa: SLF001 - Django documents it
        return code == RENT_CODE or services.filter(authority_id=authority_id, code=code).exists()

    def persons_of_file(self, authority_id: int, kind: str, subject: str) -> list[int]:
        """Return whom a file of invoices is about: the log says that somebody took it.

        The settlement asks, which does not know the modules. Source: spec CO-30, CF-29.
        """
        from kvitt.modules.care_fees.queries import batch_files  # noqa: PLC0415 - the tables are not there yet

        return batch_files.persons_of_file(authority_id, kind, subject)

    def open_cases(self, authority_id: int, numbers: Collection[str]) -> set[str]:
        """Return which of the numbers have a page: every client has one.

        The ledger asks, which does not know the modules. Source: spec PH-11.
        """
        clients = self.get_model("Client")._default_manager.filter(  # noqa: SLF001 - Django documents it
            authority_id=authority_id, number__in=numbers
        )
        return set(clients.values_list("number", flat=True))

    def keeps_person(self, actor: "Actor", person_id: int, today: date) -> bool:
        """Tell whether the person is a client whom the actor reaches whole, or no client but related to one.

        The register of persons asks, which does not know the modules. Source: spec CO-4, CO-9.
        """
        from kvitt.modules.care_fees.queries import persons  # noqa: PLC0415 - the tables are not there yet

        return persons.keeps_person(actor, person_id, today=today)

    def hold_changed_persons(self, person_ids: Collection[int], since: date | None = None) -> None:
        """Turn what is calculated for these persons red: an address, a relation or a death is to change.

        `since` is the day from which it does, where it has one. The register of persons tells, which does not
        know the modules. Source: spec CF-2, CF-26.
        """
        from kvitt.modules.care_fees.commands import persons  # noqa: PLC0415 - the tables are not there yet

        persons.hold_changed(person_ids, since)
