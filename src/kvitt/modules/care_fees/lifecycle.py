"""What kinds of services, housing and absence there are, and how far a month and a request have come."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _


class FeeType(Labelled):
    """How a fee is calculated (*avgiftsberäkningstyp*). Source: debitering-ao, page 10; spec CF-5."""

    SINGLE = "single", _("Single")
    COUPLE = "couple", _("Spouses/cohabitants")


class ClientState(Labelled):
    """What clients are searched by beside their names. Source: spec CF-1, CF-4, CF-5."""

    LIVING = "living", _("Living")
    DEAD = "dead", _("Deceased")
    UNPLACED = "unplaced", _("New case, not placed")


class ServiceKind(Labelled):
    """What makes a service cost. Source: debitering-ao, page 21; spec CF-6."""

    GRANTED = "granted", _("Type of service")
    PRODUCT = "product", _("Product")


class CareKind(Labelled):
    """What a service is to the rules: absence cuts care and board. Source: spec CF-6, CF-15, CF-16."""

    PERSONAL_CARE = "personal_care", _("Personal care")
    CARE_HOME_CARE = "care_home_care", _("Care-home care")
    ALARM = "alarm", _("Security alarm")
    BOARD = "board", _("Board")
    OTHER = "other", _("Other")


# What is *care* in the sense of absence.
CARE = frozenset({CareKind.PERSONAL_CARE, CareKind.CARE_HOME_CARE})


class Measure(Labelled):
    """How a service is registered. Source: debitering-ao, pages 18-19; spec CF-6, CF-11."""

    MONTH = "month", _("By the month")
    COUNT = "count", _("Count")
    MINUTES = "minutes", _("Minutes")


class HousingKind(Labelled):
    """Which rule sets the contract date. Source: debitering-ao, pages 13-14; spec CF-8."""

    CARE_HOME = "care_home", _("Care home")
    SERVICED_FLAT = "serviced_flat", _("Serviced flat")


class FormerHousing(Labelled):
    """Where a client moves in from; only ordinary housing gives a free month. Source: spec CF-9."""

    HOUSE = "house", _("House of their own")
    RENTED = "rented", _("Rented flat")
    COOPERATIVE = "cooperative", _("Cooperative flat")
    OTHER = "other", _("None of these")


class Household(Labelled):
    """Who moves out of the former housing. Source: debitering-ao, page 16; spec CF-9."""

    SINGLE = "single_mover", _("One who lived alone")
    COUPLE = "couple_movers", _("A couple, together, from their common housing")
    ONE_STAYS = "one_stays", _("One of a couple; the other stays")


class AbsenceReason(Labelled):
    """Why a client is away (*orsak*). Source: debitering-ao, page 22; spec CF-14."""

    PLANNED = "planned", _("Planned absence")
    UNPLANNED = "unplanned", _("Unplanned absence")
    UNPLANNED_CARE_HOME = "unplanned_care_home", _("Unplanned absence, care home")


class ReminderPace(Labelled):
    """How often a reminder comes back (*bevakningstyp*). Source: debitering-ao, page 23; spec CF-18."""

    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class RequestState(Labelled):
    """How far a request to move a client to another billing area has come. Source: spec CF-5."""

    WAITING = "waiting", _("Waiting for the billing office")
    MOVED = "moved", _("Moved")
    REFUSED = "refused", _("Refused")


REQUEST_STEPS: dict[tuple[RequestState, RequestState], str] = {
    (RequestState.WAITING, RequestState.MOVED): "move_client",
    (RequestState.WAITING, RequestState.REFUSED): "refuse_move",
}

ALREADY_ANSWERED_CODE = "already_answered"
ALREADY_ANSWERED = _("The request was answered by somebody else meanwhile. What you see now is up to date.")


def ensure_request_step(state: RequestState, wanted: RequestState) -> None:
    """Raise Refused unless the request may go there from where it is.

    Source: spec CF-5.
    """
    if (state, wanted) not in REQUEST_STEPS:
        raise Refused([Problem(ALREADY_ANSWERED_CODE, ALREADY_ANSWERED)])


class MonthStatus(Labelled):
    """How far a client's month has come. Not calculated has no row. Source: spec CF-24, CF-25, CF-28."""

    CALCULATED = "calculated", _("Calculated")
    FAULTY = "faulty", _("Has faults")
    APPROVED = "approved", _("Approved and locked")
    VOIDED = "voided", _("Voided when the period was re-opened")


MONTH_STEPS: dict[tuple[MonthStatus, MonthStatus], str] = {
    (MonthStatus.CALCULATED, MonthStatus.APPROVED): "approve_areas",
    (MonthStatus.APPROVED, MonthStatus.CALCULATED): "reopen_area",
    (MonthStatus.APPROVED, MonthStatus.VOIDED): "reopen_area",
}


class Lamp(Labelled):
    """What a month looks like in a selection (*lampa*). Source: debitering-ao, pages 29-37; spec CF-24."""

    RED = "red", _("Red, not calculated")
    YELLOW = "yellow", _("Yellow, calculated")
    GREEN = "green", _("Green, approved")


class FaultKind(Labelled):
    """What hinders a calculation (*fellista*). Source: debitering-ao, page 31; spec CF-4, CF-25."""

    INCOME_MISSING = "income_missing", _("income missing")
    PARISH_MISSING = "parish_missing", _("parish code missing")
    SETTINGS_MISSING = "settings_missing", _("settings missing")
    AREA_MISSING = "area_missing", _("billing area missing")
    ACCOUNT_MISSING = "account_missing", _("account string missing")
    ACCOUNT_WRONG = "account_wrong", _("account string wrong")
    RECIPIENT_MISSING = "recipient_missing", _("invoice recipient missing")
    ESTATE_MISSING = "estate_missing", _("invoice recipient of the estate missing")
    UNSAFE_ADDRESS = "unsafe_address", _("protected identity without a safe address")
    PRICE_MISSING = "price_missing", _("price missing")
    RENT_MISSING = "rent_missing", _("contract without rent")


# What only the billing office can mend. Source: debitering-ao, page 31.
FOR_BILLING_OFFICE = frozenset(
    {FaultKind.ACCOUNT_MISSING, FaultKind.ACCOUNT_WRONG, FaultKind.PRICE_MISSING, FaultKind.AREA_MISSING}
)


class LineKind(Labelled):
    """What a line of the fee is for. Source: spec CF-21, CF-17, CF-29; contract of `kvitt simulate_fee`."""

    CARE = "care", _("Service under the fee cap")
    ABSENCE_CARE = "absence_care", _("Absence, care")
    BOARD = "board", _("Board")
    ABSENCE_BOARD = "absence_board", _("Absence, board")
    RENT = "rent", _("Rent")
    PRODUCT = "product", _("Product")
    CORRECTION = "correction", _("Correction")
    DIFFERENCE = "difference", _("Difference of an earlier month")
    CARRIED = "carried", _("Carried from an earlier month")


# What revenue of rents is booked by, where a service has its code.
RENT_CODE = "HYRA"


class IncomeKind(Labelled):
    """What an income is (*inkomst*). Source: spec CF-20."""

    PENSION = "pension", _("Pension")
    TAXABLE = "taxable", _("Taxable income")
    TAX_FREE = "tax_free", _("Tax-free income")
    CAPITAL = "capital", _("Income of capital")
    HOUSING_ALLOWANCE = "housing_allowance", _("Housing allowance")


class IncomePace(Labelled):
    """How an income is told. Source: spec CF-20."""

    MONTHLY = "monthly", _("Per month")
    YEARLY = "yearly", _("Per year")


class HomeKind(Labelled):
    """How a housing cost is told: a rent, or a home of one's own by standard costs. Source: spec CF-20."""

    RENTED = "rented", _("Rented home")
    OWNED = "owned", _("Home of one's own")


class RecipientKind(Labelled):
    """Who an invoice is addressed to. Source: spec CF-3, CF-4, CF-29."""

    CLIENT = "client", _("The client")
    PERSON = "person", _("Another person")
    ORGANISATION = "organisation", _("An organisation")
    ESTATE = "estate", _("The estate")


class InvoiceState(Labelled):
    """How far an invoice to a client has come. Source: spec CF-28, CF-29."""

    ISSUED = "issued", _("Issued")
    SENT = "sent", _("Sent")
    VOIDED = "voided", _("Voided")


INVOICE_STEPS: dict[tuple[InvoiceState, InvoiceState], str] = {
    (InvoiceState.ISSUED, InvoiceState.SENT): "send_batch",
    (InvoiceState.ISSUED, InvoiceState.VOIDED): "reopen_area",
}


class BatchState(Labelled):
    """How far a batch of invoices has come. Source: spec CF-29."""

    MAKING = "running", _("Being made")
    MADE = "done", _("Made")
    SENT = "sent", _("Sent")


class CareActivity(Labelled):
    """Which activity of the municipality a journal is of (*verksamhet*). Source: debitering-ao, page 34."""

    ELDERLY_CARE = "elderly_care", _("Elderly care (ÄO)")
