"""The controls of a month before it is billed (*debiteringskontroller*): what each lists, and what to do."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class Control(Labelled):
    """A list of what should be seen to before a fee run. Source: debitering-ao, page 24; spec CF-31."""

    NO_AREA = "no-area", _("Clients without a billing area")
    ABSENCES = "absences", _("Persons with temporary absence and no last day")
    ENDING = "ending", _("Housing contracts that end")
    UNREGISTERED = "unregistered", _("Nothing registered this month, but the month before")
    TWICE_SERVED = "twice-served", _("The same service from two units")
    TWICE_THERE = "twice-there", _("The same person as two clients")
    RECIPIENTS = "recipients", _("Without an invoice recipient")
    ESTATES = "estates", _("Deceased without an estate recipient")
    INCOMES = "incomes", _("Neither income nor accepted fee cap")
    PARISHES = "parishes", _("Without a parish code")
    SERVICES = "services", _("Services without a price or an account string")


CONTROLS = tuple(Control)


class Readiness(Labelled):
    """Whether a control is clear. Source: spec CF-31."""

    CLEAR = "done", _("Clear")
    LEFT = "warns", _("To see to")


REMEDIES: dict[Control, str] = {
    Control.NO_AREA: _("Place the client in a billing area on the client's page."),
    Control.ABSENCES: _("End the absences that have ended."),
    Control.ENDING: _("See that the last day is right, and that rent is billed to it."),
    Control.UNREGISTERED: _("Ask the unit whether the month is registered, or the service has ended."),
    Control.TWICE_SERVED: _(
        "End the service at the unit that does not give it, or take away what it registered."
    ),
    Control.TWICE_THERE: _("Only one of them is to be billed. Ask the population register."),
    Control.RECIPIENTS: _("Register an address or an invoice recipient."),
    Control.ESTATES: _("Register who gets the invoices of the estate."),
    Control.INCOMES: _("Register the income, or that the client accepts the fee cap."),
    Control.PARISHES: _("Fetch the parish code from the population register in the settings."),
    Control.SERVICES: _("The billing office gives the price, an administrator the account string."),
}
