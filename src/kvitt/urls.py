"""Every address, one include per app, in menu order."""

from django.urls import include, path

urlpatterns = [
    path("", include("kvitt.portal.urls")),
    path("", include("kvitt.registers.access.urls")),
    path("patients/", include("kvitt.registers.people.urls")),
    path("listings/", include("kvitt.registers.listings.urls")),
    path("dental-records/", include("kvitt.registers.dental_records.urls")),
    path("needs-allowance/", include("kvitt.modules.needs_allowance.urls")),
    path("population-health/", include("kvitt.modules.population_health.urls")),
    path("special-care/", include("kvitt.modules.special_care.urls")),
    path("care-fees/", include("kvitt.modules.care_fees.urls")),
    path("preauthorization/", include("kvitt.preauthorization.urls")),
    path("invoicing/", include("kvitt.ledger.urls")),
    path("settlement/", include("kvitt.settlement.urls")),
    path("organisations/", include("kvitt.registers.organisations.urls")),
    path("clinic-administration/", include("kvitt.registers.clinic_administration.urls")),
    path("price-lists/", include("kvitt.registers.price_lists.urls")),
    path("account-strings/", include("kvitt.registers.accounting.urls")),
    path("mail/", include("kvitt.registers.mailing.urls")),
    path("audit/", include("kvitt.audit.urls")),
]
