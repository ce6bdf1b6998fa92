"""The addresses of invoices and invoicing periods."""

from django.urls import path

from kvitt.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.search_invoices, name="search_invoices"),
    path("<int:invoice_id>/", views.invoice, name="invoice"),
    path("<int:invoice_id>/recall/", views.recall_invoice, name="recall_invoice"),
    path("<int:invoice_id>/pdf/", views.invoice_pdf, name="invoice_pdf"),
    path("windows/", views.windows, name="windows"),
    path("windows/<int:year>/<int:month>/", views.set_window, name="set_window"),
]
