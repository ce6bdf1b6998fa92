"""The addresses of special care dentistry."""

from django.urls import path

from kvitt.modules.special_care.views import out_of_county

app_name = "special_care"
urlpatterns = [
    path("out-of-county/", out_of_county.out_of_county, name="out_of_county"),
    path("out-of-county/<str:county>/", out_of_county.out_of_county_lines, name="out_of_county_lines"),
]
