"""The addresses of invoices, their review, invoicing periods, and the runs of the calendar."""

from django.urls import path

from kvitt.ledger.views import invoices, lines, review, runs, windows

app_name = "ledger"
urlpatterns = [
    path("", invoices.search_invoices, name="search_invoices"),
    path("procedures/", lines.search_lines, name="search_lines"),
    path("review/", review.review_invoices, name="review_invoices"),
    path("attest/", review.attest_invoices, name="attest_invoices"),
    path("start-payouts/", review.start_payouts, name="start_payouts"),
    path("confirm-payouts/", review.confirm_payouts, name="confirm_payouts"),
    path("<int:invoice_id>/", invoices.invoice, name="invoice"),
    path("<int:invoice_id>/recall/", invoices.recall_invoice, name="recall_invoice"),
    path("<int:invoice_id>/pdf/", invoices.invoice_pdf, name="invoice_pdf"),
    path("<int:invoice_id>/review/", review.review_invoice, name="review_invoice"),
    path("<int:invoice_id>/reject/", review.reject_invoice, name="reject_invoice"),
    path("<int:invoice_id>/attest/", review.attest_invoice, name="attest_invoice"),
    path("<int:invoice_id>/start-payout/", review.start_payout, name="start_payout"),
    path("<int:invoice_id>/confirm-payout/", review.confirm_payout, name="confirm_payout"),
    path("windows/", windows.windows, name="windows"),
    path("windows/<int:year>/<int:month>/", windows.set_window, name="set_window"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/repeat/", runs.repeat_run, name="repeat_run"),
]
