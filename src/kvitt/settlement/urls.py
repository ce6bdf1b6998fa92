"""The addresses of payment runs, payments, and the files that leave and come back."""

from django.urls import path

from kvitt.settlement.views import files, payments, runs, vouchers

app_name = "settlement"
urlpatterns = [
    path("runs/", runs.runs, name="runs"),
    path("runs/propose/", runs.propose_run, name="propose_run"),
    path("runs/<int:number>/", runs.run, name="run"),
    path("runs/<int:number>/approve/", runs.approve_run, name="approve_run"),
    path("runs/<int:number>/cancel/", runs.cancel_run, name="cancel_run"),
    path("runs/<int:number>/confirm/", runs.confirm_payments, name="confirm_payments"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<int:payment_id>/", payments.payment, name="payment"),
    path("payments/<int:payment_id>/pdf/", payments.payment_pdf, name="payment_pdf"),
    path("payments/<int:payment_id>/reject/", runs.reject_payment, name="reject_payment"),
    path("payments/of/<int:invoice_id>/", payments.payment_of, name="payment_of"),
    path("nettings/<int:netting_id>/", payments.netting, name="netting"),
    path("nettings/<int:netting_id>/pdf/", payments.netting_pdf, name="netting_pdf"),
    path("files/", files.outgoing_files, name="outgoing_files"),
    path("files/<int:file_id>/", files.download_file, name="download_file"),
    path("files/<int:file_id>/resend/", files.resend_file, name="resend_file"),
    path("bank-files/", files.upload_bank_file, name="upload_bank_file"),
    path("vouchers/", vouchers.voucher_files, name="voucher_files"),
    path("vouchers/<slug:period>/export/", vouchers.export_vouchers, name="export_vouchers"),
    path("paying-accounts/", files.paying_account_list, name="paying_accounts"),
    path("paying-accounts/new/", files.save_paying_account, name="save_paying_account"),
]
