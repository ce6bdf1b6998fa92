"""The addresses of signing in, one's own settings, and users."""

from django.urls import path

from kvitt.registers.access.views import settings, sign_in, users

app_name = "access"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_with_code, name="sign_in_with_code"),
    path("sign-in/provider/", sign_in.ask_provider, name="ask_provider"),
    path("sign-in/provider/answer/", sign_in.sign_in_by_provider, name="sign_in_by_provider"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("choose-unit/", sign_in.choose_unit, name="choose_unit"),
    path("language/", sign_in.set_language, name="set_language"),
    path("settings/", settings.settings, name="settings"),
    path("settings/password/", settings.change_password, name="change_password"),
    path("settings/two-step/on/", settings.turn_on_two_step, name="turn_on_two_step"),
    path("settings/two-step/off/", settings.turn_off_two_step, name="turn_off_two_step"),
    path("users/", users.search_users, name="search_users"),
    path("users/new/", users.create_user, name="create_user"),
    path("users/<int:user_id>/", users.user, name="user"),
    path("users/<int:user_id>/change/", users.change_user, name="change_user"),
    path("users/<int:user_id>/deactivate/", users.deactivate_user, name="deactivate_user"),
    path("users/<int:user_id>/reactivate/", users.reactivate_user, name="reactivate_user"),
    path("users/<int:user_id>/password/", users.set_password, name="set_password"),
    path("users/<int:user_id>/two-step/reset/", users.reset_two_step, name="reset_two_step"),
    path("users/<int:user_id>/roles/new/", users.grant_role, name="grant_role"),
    path("roles/<int:grant_id>/withdraw/", users.withdraw_role, name="withdraw_role"),
]
