"""The addresses of special care dentistry."""

from django.urls import path

from kvitt.modules.special_care.views import (
    assessment,
    categories,
    certificates,
    claim,
    documents,
    drafts,
    invoices,
    out_of_county,
    plans,
    proposal,
    register,
    review,
    undoing,
)

app_name = "special_care"
urlpatterns = [
    # Certificates and categories
    path("certificates/", certificates.search_certificates, name="search_certificates"),
    path("certificates/find/", certificates.find_certificates, name="find_certificates"),
    path("certificates/register/", certificates.create_certificate, name="create_certificate"),
    path("certificates/of/<uuid:code>/", certificates.patient_certificates, name="patient_certificates"),
    path("certificates/<slug:number>/", certificates.certificate, name="certificate"),
    path("certificates/<slug:number>/change/", certificates.change_certificate, name="change_certificate"),
    path("certificates/<slug:number>/revoke/", certificates.revoke_certificate, name="revoke_certificate"),
    path("categories/", categories.search_categories, name="categories"),
    path("categories/new/", categories.save_category, name="save_category"),
    path("categories/<slug:code>/", categories.save_category, name="save_category"),
    path("invoices/<int:our_reference>/", invoices.claim_invoice, name="claim_invoice"),
    path("invoices/<int:our_reference>/delete/", undoing.delete_claim_invoice, name="delete_claim_invoice"),
    path("invoices/<slug:folder>/", invoices.claim_invoices, name="claim_invoices"),
    path("claims/<slug:number>/delete/", undoing.delete_claim, name="delete_claim"),
    path("claims/<slug:number>/credit/", undoing.credit_claim, name="credit_claim"),
    path(
        "claims/<slug:number>/withdraw-credit/", undoing.withdraw_claim_credit, name="withdraw_claim_credit"
    ),
    path("review/", review.review_claims, name="review_claims"),
    path("questions/", review.questions, name="questions"),
    path("claims/<slug:number>/hold/", review.hold_claim, name="hold_claim"),
    path("claims/<slug:number>/release/", review.release_claim, name="release_claim"),
    path("claims/<slug:number>/ask/", review.ask_clinic, name="ask_clinic"),
    path("claims/<slug:number>/void/", review.void_claim, name="void_claim"),
    path("claims/<slug:number>/answer/", review.answer_question, name="answer_question"),
    path("proposal/", proposal.propose_payment, name="propose_payment"),
    path("repayments/", proposal.repayments, name="repayments"),
    path("repayments/<int:our_reference>/", proposal.confirm_repayment, name="confirm_repayment"),
    path("register/", register.register_claim, name="register_claim"),
    path("register/codes/", drafts.find_claim_codes, name="find_claim_codes"),
    path("register/<uuid:code>/", register.begin_claim, name="begin_claim"),
    path("drafts/<slug:number>/", drafts.draft, name="draft"),
    path("drafts/<slug:number>/save/", drafts.save_draft, name="save_draft"),
    path("drafts/<slug:number>/lines/add/", drafts.add_claim_line, name="add_claim_line"),
    path(
        "drafts/<slug:number>/lines/<int:line_id>/remove/", drafts.remove_claim_line, name="remove_claim_line"
    ),
    path("drafts/<slug:number>/split/", drafts.split_claim, name="split_claim"),
    path("drafts/<slug:number>/send/", drafts.send_claim, name="send_claim"),
    path("drafts/<slug:number>/discard/", drafts.discard_claim, name="discard_claim"),
    path("claims/<slug:number>/", claim.case, name="case"),
    path("claims/<slug:number>/sent/", claim.claim_sent, name="claim_sent"),
    path("out-of-county/", out_of_county.out_of_county, name="out_of_county"),
    path("out-of-county/<slug:county>/", out_of_county.out_of_county_lines, name="out_of_county_lines"),
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
