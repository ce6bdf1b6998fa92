"""The kinds of addresses, with their names."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class AddressKind(Labelled):
    """What an address is for; where a person stays rules where an invoice is sent. Source: spec CO-9."""

    REGISTERED = "registered", _("Registered address")
    STAYING = "staying", _("Address of stay")
