"""The addresses of needs allowance: search, patient, case, procedures, invoicing."""

from django.urls import path

from kvitt.modules.needs_allowance import views

app_name = "needs_allowance"
urlpatterns = [
    path("cases/", views.search_cases, name="search_cases"),
    path("patients/<uuid:code>/", views.patient_cases, name="patient_cases"),
    path("patients/<uuid:code>/create/", views.create_case, name="create_case"),
    path("cases/<slug:number>/", views.case, name="case"),
    path("cases/<slug:number>/delete/", views.delete_case, name="delete_case"),
    path("cases/<slug:number>/codes/", views.find_codes, name="find_codes"),
    path("cases/<slug:number>/procedures/add/", views.add_procedure, name="add_procedure"),
    path(
        "cases/<slug:number>/procedures/<int:procedure_id>/change/",
        views.change_procedure,
        name="change_procedure",
    ),
    path(
        "cases/<slug:number>/procedures/<int:procedure_id>/remove/",
        views.remove_procedure,
        name="remove_procedure",
    ),
    path("invoices/create/", views.create_invoice, name="create_invoice"),
    path("invoices/create/<int:clinic_id>/", views.invoice_basis_lines, name="invoice_basis_lines"),
]
