"""Input about persons to typed values."""

from kvitt.registers.people.forms.addresses import AddressForm, EndAddressForm, EndForm, NewAddressForm
from kvitt.registers.people.forms.contacts import (
    ConfirmFetchForm,
    ContactForm,
    FetchForm,
    NewContactForm,
    RelationForm,
)
from kvitt.registers.people.forms.persons import (
    NameFilter,
    NewPersonForm,
    NumberForm,
    PersonForm,
    ReasonForm,
)

__all__ = [
    "AddressForm",
    "ConfirmFetchForm",
    "ContactForm",
    "EndAddressForm",
    "EndForm",
    "FetchForm",
    "NameFilter",
    "NewAddressForm",
    "NewContactForm",
    "NewPersonForm",
    "NumberForm",
    "PersonForm",
    "ReasonForm",
    "RelationForm",
]
