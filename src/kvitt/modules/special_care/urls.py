"""The addresses of special care dentistry."""

from django.urls import path

from kvitt.modules.special_care.views import invoices, proposal, review, undoing

app_name = "special_care"
urlpatterns = [
    path("invoices/<int:our_reference>/", invoices.claim_invoice, name="claim_invoice"),
    path("invoices/<int:our_reference>/delete/", undoing.delete_claim_invoice, name="delete_claim_invoice"),
    path("invoices/<str:folder>/", invoices.claim_invoices, name="claim_invoices"),
    path("claims/<str:number>/delete/", undoing.delete_claim, name="delete_claim"),
    path("claims/<str:number>/credit/", undoing.credit_claim, name="credit_claim"),
    path("claims/<str:number>/withdraw-credit/", undoing.withdraw_credit, name="withdraw_credit"),
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
