"""The addresses of special care dentistry."""

from django.urls import path

from kvitt.modules.special_care.views import categories, certificates, out_of_county

app_name = "special_care"
urlpatterns = [
    # Certificates and categories
    path("certificates/", certificates.search_certificates, name="search_certificates"),
    path("certificates/find/", certificates.find_certificates, name="find_certificates"),
    path("certificates/register/", certificates.create_certificate, name="create_certificate"),
    path("certificates/of/<uuid:code>/", certificates.patient_certificates, name="patient_certificates"),
    path("certificates/<slug:number>/", certificates.certificate, name="certificate"),
    path("certificates/<slug:number>/change/", certificates.change_certificate, name="change_certificate"),
    path("certificates/<slug:number>/revoke/", certificates.revoke_certificate, name="revoke_certificate"),
    path("categories/", categories.search_categories, name="categories"),
    path("categories/new/", categories.save_category, name="save_category"),
    path("categories/<str:code>/", categories.save_category, name="save_category"),
    path("out-of-county/", out_of_county.out_of_county, name="out_of_county"),
    path("out-of-county/<str:county>/", out_of_county.out_of_county_lines, name="out_of_county_lines"),
]
