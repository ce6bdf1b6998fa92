"""The addresses of special care dentistry."""

from django.urls import path

from kvitt.modules.special_care.views import (
    categories,
    certificates,
    claim,
    drafts,
    invoices,
    proposal,
    register,
    review,
    undoing,
)

app_name = "special_care"
urlpatterns = [
    path("register/", register.register_claim, name="register_claim"),
    path("register/codes/", drafts.find_claim_codes, name="find_claim_codes"),
    path("register/<uuid:code>/", register.begin_claim, name="begin_claim"),
    path("drafts/<str:number>/", drafts.draft, name="draft"),
    path("drafts/<str:number>/save/", drafts.save_draft, name="save_draft"),
    path("drafts/<str:number>/lines/add/", drafts.add_claim_line, name="add_claim_line"),
    path(
        "drafts/<str:number>/lines/<int:line_id>/remove/", drafts.remove_claim_line, name="remove_claim_line"
    ),
    path("drafts/<str:number>/split/", drafts.split_claim, name="split_claim"),
    path("drafts/<str:number>/send/", drafts.send_claim, name="send_claim"),
    path("drafts/<str:number>/discard/", drafts.discard_claim, name="discard_claim"),
    path("claims/<str:number>/", claim.case, name="case"),
    path("claims/<str:number>/sent/", claim.claim_sent, name="claim_sent"),
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
    path("categories/<str:code>/", categories.save_category, name="save_category"),
    path("invoices/<int:our_reference>/", invoices.claim_invoice, name="claim_invoice"),
    path("invoices/<int:our_reference>/delete/", undoing.delete_claim_invoice, name="delete_claim_invoice"),
    path("invoices/<str:folder>/", invoices.claim_invoices, name="claim_invoices"),
    path("claims/<str:number>/delete/", undoing.delete_claim, name="delete_claim"),
    path("claims/<str:number>/credit/", undoing.credit_claim, name="credit_claim"),
    path("claims/<str:number>/withdraw-credit/", undoing.withdraw_claim_credit, name="withdraw_claim_credit"),
    path("review/", review.review_claims, name="review_claims"),
    path("questions/", review.questions, name="questions"),
    path("claims/<str:number>/hold/", review.hold_claim, name="hold_claim"),
    path("claims/<str:number>/release/", review.release_claim, name="release_claim"),
    path("claims/<str:number>/ask/", review.ask_clinic, name="ask_clinic"),
    path("claims/<str:number>/void/", review.void_claim, name="void_claim"),
    path("claims/<str:number>/answer/", review.answer_question, name="answer_question"),
    path("proposal/", proposal.propose_payment, name="propose_payment"),
    path("repayments/", proposal.repayments, name="repayments"),
    path("repayments/<int:our_reference>/", proposal.confirm_repayment, name="confirm_repayment"),
]
