"""The addresses of the administration of clinics, and of decisions about their accounts."""

from django.urls import path

from kvitt.registers.clinic_administration import views

app_name = "clinic_administration"
urlpatterns = [
    path("", views.clinics, name="clinics"),
    path("<int:clinic_id>/", views.clinic, name="clinic"),
    path("<int:clinic_id>/contact/", views.change_contact, name="change_contact"),
    path("<int:clinic_id>/account/", views.request_account_change, name="request_account_change"),
    path("<int:clinic_id>/users/new/", views.create_unit_user, name="create_unit_user"),
    path("<int:clinic_id>/users/<int:user_id>/roles/", views.change_unit_roles, name="change_unit_roles"),
    path("<int:clinic_id>/users/<int:user_id>/end/", views.end_unit_user, name="end_unit_user"),
    path("accounts/", views.account_changes, name="account_changes"),
    path("accounts/<int:change_id>/", views.account_change, name="account_change"),
    path("accounts/<int:change_id>/approve/", views.approve_account_change, name="approve_account_change"),
    path("accounts/<int:change_id>/refuse/", views.refuse_account_change, name="refuse_account_change"),
    path("accounts/<int:change_id>/withdraw/", views.withdraw_account_change, name="withdraw_account_change"),
]
