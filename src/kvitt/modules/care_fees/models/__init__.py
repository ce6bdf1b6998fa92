"""The tables of care fees, one file for each part of a client."""

from kvitt.modules.care_fees.models.absences import Absence, Reminder
from kvitt.modules.care_fees.models.clients import (
    AreaRequest,
    Client,
    ClientMonth,
    ClientNumberSeries,
    ClientSettings,
    EstateRespite,
    InvoiceRecipient,
    Placement,
)
from kvitt.modules.care_fees.models.housing import Dwelling, FreeMonth, Rent, Tenancy, Tenant
from kvitt.modules.care_fees.models.registrations import FeeCorrection, PerformedService
from kvitt.modules.care_fees.models.services import GrantedService, Service, ServicePrice

__all__ = [
    "Absence",
    "AreaRequest",
    "Client",
    "ClientMonth",
    "ClientNumberSeries",
    "ClientSettings",
    "Dwelling",
    "EstateRespite",
    "FeeCorrection",
    "FreeMonth",
    "GrantedService",
    "InvoiceRecipient",
    "PerformedService",
    "Placement",
    "Reminder",
    "Rent",
    "Service",
    "ServicePrice",
    "Tenancy",
    "Tenant",
]
