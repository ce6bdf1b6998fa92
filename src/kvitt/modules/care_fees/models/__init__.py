"""The tables of care fees, one file for each part of a client, of the run and of the invoices."""

from kvitt.modules.care_fees.models.absences import Absence, Reminder
from kvitt.modules.care_fees.models.clients import (
    AreaRequest,
    Client,
    ClientNumberSeries,
    ClientSettings,
    EstateRespite,
    InvoiceRecipient,
    Placement,
)
from kvitt.modules.care_fees.models.housing import Dwelling, FreeMonth, Rent, Tenancy, Tenant
from kvitt.modules.care_fees.models.incomes import FeeDecision, Income, IncomeStatement, ReservedAdjustment
from kvitt.modules.care_fees.models.invoices import FeeInvoice, InvoiceBatch, InvoiceContact
from kvitt.modules.care_fees.models.months import ClientMonth, ConcernedArea, FeeLine
from kvitt.modules.care_fees.models.registrations import FeeCorrection, PerformedService
from kvitt.modules.care_fees.models.runs import AreaMonth, BillingRule, BillingRun, RunChunk
from kvitt.modules.care_fees.models.services import GrantedService, Service, ServicePrice

__all__ = [
    "Absence",
    "AreaMonth",
    "AreaRequest",
    "BillingRule",
    "BillingRun",
    "Client",
    "ClientMonth",
    "ClientNumberSeries",
    "ClientSettings",
    "ConcernedArea",
    "Dwelling",
    "EstateRespite",
    "FeeCorrection",
    "FeeDecision",
    "FeeInvoice",
    "FeeLine",
    "FreeMonth",
    "GrantedService",
    "Income",
    "IncomeStatement",
    "InvoiceBatch",
    "InvoiceContact",
    "InvoiceRecipient",
    "PerformedService",
    "Placement",
    "Reminder",
    "Rent",
    "ReservedAdjustment",
    "RunChunk",
    "Service",
    "ServicePrice",
    "Tenancy",
    "Tenant",
]
