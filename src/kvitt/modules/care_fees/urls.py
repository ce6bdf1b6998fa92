"""The addresses of care fees; clients by their own number, none holds a personal one."""

from django.urls import path

from kvitt.modules.care_fees.views import clients

app_name = "care_fees"
urlpatterns = [
    path("clients/<slug:number>/", clients.case, name="case"),
]
