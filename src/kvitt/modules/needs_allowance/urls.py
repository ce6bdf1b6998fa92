"""The addresses of needs allowance: search, patient, case and what is done in it, invoicing."""

from django.urls import path

from kvitt.modules.needs_allowance.views import (
    assessment,
    cases,
    documents,
    invoices,
    procedures,
    requests,
)
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
    path("cases/<slug:number>/requests/create/", requests.create_request, name="create_request"),
    path("cases/<slug:number>/requests/<int:request_id>/", requests.request, name="request"),
    path(
        "cases/<slug:number>/requests/<int:request_id>/change/",
        requests.change_request,
        name="change_request",
    ),
    path("cases/<slug:number>/requests/<int:request_id>/send/", requests.send_request, name="send_request"),
    path(
        "cases/<slug:number>/requests/<int:request_id>/remove/",
        requests.remove_request,
        name="remove_request",
    ),
    path(
        "cases/<slug:number>/requests/<int:request_id>/withdraw/",
        requests.withdraw_request,
        name="withdraw_request",
    ),
    path(
        "cases/<slug:number>/requests/<int:request_id>/answer/",
        requests.answer_request,
        name="answer_request",
    ),
    path(
        "cases/<slug:number>/requests/<int:request_id>/read/",
        requests.mark_decision_read,
        name="mark_decision_read",
    ),
    path(
        "cases/<slug:number>/requests/<int:request_id>/assess/",
        assessment.assess_request,
        name="assess_request",
    ),
    path(
        "cases/<slug:number>/requests/<int:request_id>/decide/",
        assessment.decide_request,
        name="decide_request",
    ),
    path(
        "cases/<slug:number>/requests/<int:request_id>/draft/",
        assessment.save_draft_decision,
        name="save_draft_decision",
    ),
    path(
        "cases/<slug:number>/requests/<int:request_id>/ask/",
        assessment.ask_for_completion,
        name="ask_for_completion",
    ),
    path("invoices/create/", invoices.create_invoice, name="create_invoice"),
    path("invoices/create/<int:clinic_id>/", invoices.invoice_basis_lines, name="invoice_basis_lines"),
]
