"""The addresses of account strings."""

from django.urls import path

from kvitt.registers.accounting import views

app_name = "accounting"

urlpatterns = [
    path("", views.account_strings, name="account_strings"),
    path("new/", views.save_account_string, name="save_account_string"),
    path("<int:string_id>/end/", views.end_account_string, name="end_account_string"),
]
