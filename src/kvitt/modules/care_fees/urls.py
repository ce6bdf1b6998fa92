"""The addresses of care fees; clients by their own number, none holds a personal one."""

from django.urls import path

from kvitt.modules.care_fees.views import (
    absences,
    areas,
    clients,
    corrections,
    dwellings,
    granted,
    recipients,
    registrations,
    reminders,
    services,
    settings,
    tenancies,
    work,
)

app_name = "care_fees"
urlpatterns = [
    # Clients
    path("", clients.desktop, name="desktop"),
    path("clients/", clients.search_clients, name="search_clients"),
    path("clients/find/", clients.find_client, name="find_client"),
    path("clients/new/", clients.new_client, name="new_client"),
    path("clients/new/<uuid:code>/", clients.create_client, name="create_client"),
    path("clients/<slug:number>/", clients.case, name="case"),
    path("clients/<slug:number>/corrections/add/", corrections.add_correction, name="add_correction"),
    path(
        "clients/<slug:number>/corrections/<int:correction_id>/remove/",
        corrections.remove_correction,
        name="remove_correction",
    ),
    path("clients/<slug:number>/settings/", settings.change_settings, name="change_settings"),
    path("clients/<slug:number>/area/request/", areas.request_move, name="request_move"),
    path("clients/<slug:number>/area/move/", areas.move_client, name="move_client"),
    path(
        "clients/<slug:number>/area/requests/<int:request_id>/refuse/", areas.refuse_move, name="refuse_move"
    ),
    path("clients/<slug:number>/recipients/add/", recipients.add_recipient, name="add_recipient"),
    path(
        "clients/<slug:number>/recipients/<int:contact_id>/save/",
        recipients.save_recipient,
        name="save_recipient",
    ),
    path(
        "clients/<slug:number>/recipients/<int:recipient_id>/end/",
        recipients.end_recipient,
        name="end_recipient",
    ),
    path("clients/<slug:number>/respites/grant/", recipients.grant_respite, name="grant_respite"),
    path("clients/<slug:number>/respites/<int:respite_id>/end/", recipients.end_respite, name="end_respite"),
    path("area-requests/", areas.area_requests, name="area_requests"),
    path("estates/", work.estates, name="estates"),
    path("left-alone/", work.left_alone, name="left_alone"),
    path("respites/", work.respites, name="respites"),
    # What a client is granted.
    path("clients/<slug:number>/services/add/", granted.grant_service, name="grant_service"),
    path(
        "clients/<slug:number>/services/<int:granted_id>/change/",
        granted.change_granted,
        name="change_granted",
    ),
    path("clients/<slug:number>/services/<int:granted_id>/end/", granted.end_granted, name="end_granted"),
    # The catalogue of services.
    path("services/", services.services, name="services"),
    path("services/add/", services.save_service, name="save_service"),
    path("services/<int:service_id>/", services.service, name="service"),
    path("services/<int:service_id>/change/", services.save_service, name="save_service"),
    path("services/<int:service_id>/move/", services.move_service, name="move_service"),
    path("services/<int:service_id>/end/", services.end_service, name="end_service"),
    path("services/<int:service_id>/prices/add/", services.set_service_price, name="set_service_price"),
    path(
        "services/<int:service_id>/prices/<slug:first_on>/change/",
        services.set_service_price,
        name="set_service_price",
    ),
    # Housing
    path("dwellings/", dwellings.search_dwellings, name="search_dwellings"),
    path("dwellings/new/", dwellings.create_dwelling, name="create_dwelling"),
    path("dwellings/<int:dwelling_id>/change/", dwellings.change_dwelling, name="change_dwelling"),
    path("clients/<slug:number>/tenancies/new/", tenancies.create_tenancy, name="create_tenancy"),
    path("tenancies/", tenancies.search_tenancies, name="search_tenancies"),
    path("tenancies/find/", tenancies.find_tenant, name="find_tenant"),
    path("tenancies/<slug:number>/", tenancies.tenancy, name="tenancy"),
    path("tenancies/<slug:number>/change/", tenancies.change_tenancy, name="change_tenancy"),
    path("tenancies/<slug:number>/rent/", tenancies.change_rent, name="change_rent"),
    path("tenancies/<slug:number>/end/", tenancies.end_tenancy, name="end_tenancy"),
    path("tenancies/<slug:number>/free-month/", tenancies.grant_free_month, name="grant_free_month"),
    path("tenancies/<slug:number>/receipt/", tenancies.receipt, name="receipt"),
    # What was done for clients.
    path("registrations/", registrations.registrations, name="registrations"),
    path("registrations/load/", registrations.load_registrations, name="load_registrations"),
    path(
        "registrations/<int:unit_id>/<slug:month>/", registrations.register_services, name="register_services"
    ),
    path(
        "registrations/<int:unit_id>/<slug:month>/add-client/",
        registrations.add_registered_client,
        name="add_registered_client",
    ),
    # Absence
    path("controls/absences/", absences.absences, name="absences"),
    path("clients/<slug:number>/absences/add/", absences.add_absence, name="add_absence"),
    path(
        "clients/<slug:number>/absences/<int:absence_id>/change/",
        absences.change_absence,
        name="change_absence",
    ),
    path("clients/<slug:number>/absences/<int:absence_id>/end/", absences.end_absence, name="end_absence"),
    path(
        "clients/<slug:number>/absences/<int:absence_id>/remove/",
        absences.remove_absence,
        name="remove_absence",
    ),
    path(
        "clients/<slug:number>/absences/<int:absence_id>/reminder/",
        reminders.save_reminder,
        name="save_reminder",
    ),
    path(
        "clients/<slug:number>/reminders/<int:reminder_id>/finish/",
        reminders.finish_reminder,
        name="finish_reminder",
    ),
]
