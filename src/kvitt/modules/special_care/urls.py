"""The addresses of special care dentistry."""

from django.urls import path

from kvitt.modules.special_care.views import invoices

app_name = "special_care"
urlpatterns = [
    path("invoices/<int:our_reference>/", invoices.claim_invoice, name="claim_invoice"),
    path("invoices/<int:our_reference>/delete/", invoices.delete_claim_invoice, name="delete_claim_invoice"),
    path("invoices/<str:folder>/", invoices.claim_invoices, name="claim_invoices"),
    path("claims/<str:number>/delete/", invoices.delete_claim, name="delete_claim"),
    path("claims/<str:number>/credit/", invoices.credit_claim, name="credit_claim"),
    path("claims/<str:number>/withdraw-credit/", invoices.withdraw_credit, name="withdraw_credit"),
]
