"""The addresses of needs allowance: search, patient, case, procedures, documents, invoicing."""

from django.urls import path

from kvitt.modules.needs_allowance.views import cases, documents, invoices, procedures

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
    path("cases/<slug:number>/documents/", documents.view_documents, name="view_documents"),
    path("cases/<slug:number>/documents/add/", documents.add_document, name="add_document"),
    path("cases/<slug:number>/parcels/add/", documents.add_parcel, name="add_parcel"),
    path(
        "cases/<slug:number>/documents/<int:document_id>/remove/",
        documents.remove_document,
        name="remove_document",
    ),
    path(
        "cases/<slug:number>/parcels/<int:parcel_id>/remove/", documents.remove_parcel, name="remove_parcel"
    ),
    path("cases/<slug:number>/documents/<int:document_id>/file/", documents.document, name="document"),
    path(
        "cases/<slug:number>/documents/<int:document_id>/image/",
        documents.document_image,
        name="document_image",
    ),
    path(
        "cases/<slug:number>/parcels/<int:parcel_id>/arrived/",
        documents.mark_parcel_arrived,
        name="mark_parcel_arrived",
    ),
    path("invoices/create/", invoices.create_invoice, name="create_invoice"),
    path("invoices/create/<int:clinic_id>/", invoices.invoice_basis_lines, name="invoice_basis_lines"),
]
