"""The addresses of needs allowance: search, patient, case, procedures, invoicing, crediting."""

from django.urls import path

from kvitt.modules.needs_allowance.views import cases, invoices, procedures
from kvitt.modules.needs_allowance.views import credits as credit_views

app_name = "needs_allowance"
urlpatterns = [
    path("cases/", cases.search_cases, name="search_cases"),
    path("patients/<uuid:code>/", cases.patient_cases, name="patient_cases"),
    path("patients/<uuid:code>/create/", cases.create_case, name="create_case"),
    path("cases/<slug:number>/", cases.case, name="case"),
    path("cases/<slug:number>/delete/", cases.delete_case, name="delete_case"),
    path("cases/<slug:number>/codes/", procedures.find_codes, name="find_codes"),
    path("cases/<slug:number>/procedures/add/", procedures.add_procedure, name="add_procedure"),
    path(
        "cases/<slug:number>/procedures/<int:procedure_id>/change/",
        procedures.change_procedure,
        name="change_procedure",
    ),
    path(
        "cases/<slug:number>/procedures/<int:procedure_id>/remove/",
        procedures.remove_procedure,
        name="remove_procedure",
    ),
    path(
        "cases/<slug:number>/procedures/<int:procedure_id>/credit/",
        credit_views.credit_procedure,
        name="credit_procedure",
    ),
    path(
        "cases/<slug:number>/procedures/<int:procedure_id>/credit/withdraw/",
        credit_views.withdraw_credit,
        name="withdraw_credit",
    ),
    path("invoices/create/", invoices.create_invoice, name="create_invoice"),
    path("invoices/create/<int:clinic_id>/", invoices.invoice_basis_lines, name="invoice_basis_lines"),
]
