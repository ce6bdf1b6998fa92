"""Categories, certificates, treatment plans with what was approved of them, claims, invoices and files."""

from kvitt.modules.special_care.models.claims import Claim, ClaimInvoice, ClaimLine, NumberSeries
from kvitt.modules.special_care.models.entitlement import Certificate, PatientCategory
from kvitt.modules.special_care.models.files import ClaimsFile, FileFault
from kvitt.modules.special_care.models.plans import PlannedProcedure, TreatmentPlan

__all__ = [
    "Certificate",
    "Claim",
    "ClaimInvoice",
    "ClaimLine",
    "ClaimsFile",
    "FileFault",
    "NumberSeries",
    "PatientCategory",
    "PlannedProcedure",
    "TreatmentPlan",
]
