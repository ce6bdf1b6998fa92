"""The addresses of the pages about listed patients; none of them holds a number."""

from django.urls import path

from kvitt.registers.listings import views

app_name = "listings"

urlpatterns = [
    path("", views.listed_patients, name="listed_patients"),
    path("<uuid:code>/", views.patient, name="patient"),
    path("<uuid:code>/list/", views.list_patient, name="list_patient"),
    path("<uuid:code>/merge/", views.choose_record, name="choose_record"),
    path("<uuid:code>/merge/<uuid:other_code>/", views.merge_persons, name="merge_persons"),
]
