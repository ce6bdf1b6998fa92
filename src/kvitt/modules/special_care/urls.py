"""The addresses of special care dentistry."""

from django.urls import path

from kvitt.modules.special_care.views import assessment, documents, plans

app_name = "special_care"
urlpatterns = [
    path("plans/", plans.search_plans, name="search_plans"),
    path("plans/create/", plans.create_plan, name="create_plan"),
    path("plans/<slug:number>/", plans.plan, name="plan"),
    path("plans/<slug:number>/codes/", plans.find_plan_codes, name="find_plan_codes"),
    path("plans/<slug:number>/procedures/add/", plans.add_planned, name="add_planned"),
    path(
        "plans/<slug:number>/procedures/<int:planned_id>/remove/",
        plans.remove_planned,
        name="remove_planned",
    ),
    path("plans/<slug:number>/send/", plans.send_plan, name="send_plan"),
    path("plans/<slug:number>/withdraw/", plans.withdraw_plan, name="withdraw_plan"),
    path("plans/<slug:number>/answer/", plans.answer_plan, name="answer_plan"),
    path("plans/<slug:number>/remove/", plans.remove_plan, name="remove_plan"),
    path("plans/<slug:number>/read/", plans.mark_decision_read, name="mark_decision_read"),
    path("plans/<slug:number>/documents/", documents.view_documents, name="view_documents"),
    path("plans/<slug:number>/documents/add/", documents.add_document, name="add_document"),
    path("plans/<slug:number>/parcels/add/", documents.add_parcel, name="add_parcel"),
    path(
        "plans/<slug:number>/documents/<int:document_id>/remove/",
        documents.remove_document,
        name="remove_document",
    ),
    path(
        "plans/<slug:number>/parcels/<int:parcel_id>/remove/", documents.remove_parcel, name="remove_parcel"
    ),
    path("plans/<slug:number>/documents/<int:document_id>/file/", documents.document, name="document"),
    path(
        "plans/<slug:number>/documents/<int:document_id>/image/",
        documents.document_image,
        name="document_image",
    ),
    path(
        "plans/<slug:number>/parcels/<int:parcel_id>/arrived/",
        documents.mark_parcel_arrived,
        name="mark_parcel_arrived",
    ),
    path(
        "plans/<slug:number>/requests/<int:request_id>/assess/",
        assessment.assess_request,
        name="assess_request",
    ),
    path(
        "plans/<slug:number>/requests/<int:request_id>/decide/",
        assessment.decide_request,
        name="decide_request",
    ),
    path(
        "plans/<slug:number>/requests/<int:request_id>/draft/",
        assessment.save_draft_decision,
        name="save_draft_decision",
    ),
    path(
        "plans/<slug:number>/requests/<int:request_id>/ask/",
        assessment.ask_for_completion,
        name="ask_for_completion",
    ),
]
