"""The addresses of the registers of clinics, billing areas, care providers and the authority itself."""

from django.urls import path

from kvitt.registers.organisations import views
from kvitt.registers.organisations.views import areas

app_name = "organisations"
urlpatterns = [
    path("clinics/", views.search_clinics, name="search_clinics"),
    path("clinics/new/", views.create_clinic, name="create_clinic"),
    path("clinics/<int:clinic_id>/", views.clinic, name="clinic"),
    path("clinics/<int:clinic_id>/change/", views.change_clinic, name="change_clinic"),
    path("clinics/<int:clinic_id>/close/", views.close_clinic, name="close_clinic"),
    path("clinics/<int:clinic_id>/reopen/", views.reopen_clinic, name="reopen_clinic"),
    path("clinics/<int:clinic_id>/rights/new/", views.add_right, name="add_right"),
    path("rights/<int:right_id>/end/", views.end_right, name="end_right"),
    path("rights/<int:right_id>/remove/", views.remove_right, name="remove_right"),
    path("clinics/<int:clinic_id>/practitioners/new/", views.add_practitioner, name="add_practitioner"),
    path(
        "practitioners/<int:practitioner_id>/change/", views.change_practitioner, name="change_practitioner"
    ),
    path("providers/", views.search_providers, name="search_providers"),
    path("providers/new/", views.create_provider, name="create_provider"),
    path("providers/<int:provider_id>/", views.provider, name="provider"),
    path("providers/<int:provider_id>/change/", views.change_provider, name="change_provider"),
    path("areas/", areas.search_areas, name="search_areas"),
    path("areas/new/", areas.create_area, name="create_area"),
    path("areas/<int:area_id>/change/", areas.change_area, name="change_area"),
    path("authority/", views.change_authority, name="change_authority"),
]
