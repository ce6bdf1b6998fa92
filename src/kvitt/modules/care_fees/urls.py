"""The addresses of care fees; clients by their own number, none holds a personal one."""

from django.urls import path

from kvitt.modules.care_fees.views import areas, clients, corrections, granted, services, settings, work

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
]
