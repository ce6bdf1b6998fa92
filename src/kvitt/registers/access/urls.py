"""The addresses of signing in, one's own settings, and users."""

from django.urls import path

from kvitt.registers.access import views

app_name = "access"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("choose-unit/", views.choose_unit, name="choose_unit"),
    path("language/", views.set_language, name="set_language"),
    path("settings/", views.settings, name="settings"),
    path("settings/password/", views.change_password, name="change_password"),
    path("users/", views.search_users, name="search_users"),
    path("users/new/", views.create_user, name="create_user"),
    path("users/<int:user_id>/", views.user, name="user"),
    path("users/<int:user_id>/change/", views.change_user, name="change_user"),
    path("users/<int:user_id>/deactivate/", views.deactivate_user, name="deactivate_user"),
    path("users/<int:user_id>/reactivate/", views.reactivate_user, name="reactivate_user"),
    path("users/<int:user_id>/password/", views.set_password, name="set_password"),
    path("users/<int:user_id>/roles/new/", views.grant_role, name="grant_role"),
    path("roles/<int:grant_id>/withdraw/", views.withdraw_role, name="withdraw_role"),
]
