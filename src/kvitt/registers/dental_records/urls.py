"""The addresses of dental records: a patient's care reports and contacts."""

from django.urls import path

from kvitt.registers.dental_records.views import contacts, reports

app_name = "dental_records"

urlpatterns = [
    path("patients/<uuid:code>/reports/", reports.patient_reports, name="patient_reports"),
    path("patients/<uuid:code>/reports/create/", reports.create_report, name="create_report"),
    path("reports/<int:number>/", reports.report, name="report"),
    path("reports/<int:number>/change/", reports.change_report, name="change_report"),
    path("reports/<int:number>/settle/", reports.settle_report, name="settle_report"),
    path("reports/<int:number>/correct/", reports.correct_report, name="correct_report"),
    path("reports/<int:number>/remove/", reports.remove_report, name="remove_report"),
    path("patients/<uuid:code>/contacts/", contacts.patient_contacts, name="patient_contacts"),
    path("patients/<uuid:code>/contacts/add/", contacts.add_contact, name="add_contact"),
    path("contacts/<int:contact_id>/change/", contacts.change_contact, name="change_contact"),
    path("contacts/<int:contact_id>/remove/", contacts.remove_contact, name="remove_contact"),
]
