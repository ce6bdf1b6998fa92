"""The kinds of addresses, relations and contact persons, with their names."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class AddressKind(Labelled):
    """What an address is for; where a person stays rules where an invoice is sent. Source: spec CO-9."""

    REGISTERED = "registered", _("Registered address")
    STAYING = "staying", _("Address of stay")


class RelationKind(Labelled):
    """How two persons belong together. Source: spec CO-10."""

    SPOUSE = "spouse", _("Spouse")
    COHABITANT = "cohabitant", _("Cohabitant")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SIBLING = "sibling", _("Sibling")
    GUARDIAN = "guardian", _("Guardian")
    WARD = "ward", _("Ward")
    OTHER = "other", _("Other relation")


# What the other person is to the one, where they are not the same to each other.
OPPOSITES = {
    RelationKind.PARENT: RelationKind.CHILD,
    RelationKind.CHILD: RelationKind.PARENT,
    RelationKind.GUARDIAN: RelationKind.WARD,
    RelationKind.WARD: RelationKind.GUARDIAN,
}


class CivilStatus(Labelled):
    """What the population register tells of marriage (*civilstånd*). Source: spec CO-12, CF-5."""

    UNMARRIED = "unmarried", _("Unmarried")
    MARRIED = "married", _("Married")
    DIVORCED = "divorced", _("Divorced")
    WIDOWED = "widowed", _("Widow or widower")
    REGISTERED_PARTNER = "registered_partner", _("Registered partner")
    DIVORCED_PARTNER = "divorced_partner", _("Divorced partner")
    SURVIVING_PARTNER = "surviving_partner", _("Surviving partner")


class ContactKind(Labelled):
    """Who speaks or pays for a person (*typ*). Source: debitering-ao, pages 7-8; spec CO-11."""

    INVOICE_RECIPIENT = "invoice_recipient", _("Invoice recipient, person")
    ESTATE = "estate", _("Estate of a deceased person")
    GOOD_MAN = "good_man", _("Custodian (god man)")
    TRUSTEE = "trustee", _("Trustee (förvaltare)")
    RELATIVE = "relative", _("Relative")
    DENTIST = "dentist", _("Dentist")
    OTHER = "other", _("Other contact")
