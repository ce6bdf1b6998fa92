"""The addresses of the price list."""

from django.urls import path

from kvitt.registers.price_lists import views

app_name = "price_lists"
urlpatterns = [
    path("", views.search_items, name="search_items"),
    path("codes/new/", views.save_item, name="save_item"),
    path("codes/<int:item_id>/", views.item, name="item"),
    path("codes/<int:item_id>/change/", views.save_item, name="save_item"),
    path("codes/<int:item_id>/price/", views.set_price, name="set_price"),
    path("combinations/", views.search_combinations, name="search_combinations"),
    path("combinations/new/", views.save_combination, name="save_combination"),
    path("combinations/<int:combination_id>/", views.save_combination, name="save_combination"),
    path("parameters/", views.search_parameters, name="search_parameters"),
    path("parameters/<str:name>/", views.set_parameter, name="set_parameter"),
]
