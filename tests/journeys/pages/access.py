"""Signing in, settings and users."""

from tests.journeys.pages.cast import ALL_ADMINISTRATORS, EVERYBODY, NOBODY, OUR_ADMINISTRATOR
from tests.journeys.pages.page import Page, pages_about

_user = pages_about(user_id="user")
PAGES = [
    Page("access:sign_in", ok=NOBODY, signed_out=True),
    # For who has just given the right password: others are sent to do that first.
    Page("access:sign_in_with_code", ok=NOBODY, may_post=EVERYBODY),
    # There is no identity provider here.
    Page("access:ask_provider", ok=NOBODY, hidden=EVERYBODY, signed_out=True),
    Page("access:sign_in_by_provider", ok=NOBODY, hidden=EVERYBODY, signed_out=True),
    Page("access:sign_out", ok=NOBODY, posts_only=True, may_post=EVERYBODY),
    Page("access:choose_unit", ok=NOBODY, may_post=EVERYBODY),
    Page("access:set_language", ok=NOBODY, posts_only=True, may_post=EVERYBODY, signed_out=True),
    Page("access:settings"),
    Page("access:change_password"),
    Page("access:turn_on_two_step"),
    Page("access:turn_off_two_step", ok=NOBODY, posts_only=True, may_post=EVERYBODY),
    Page("access:search_users", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("access:create_user", ok=ALL_ADMINISTRATORS),
    _user("access:user", **OUR_ADMINISTRATOR),
    _user("access:change_user", **OUR_ADMINISTRATOR),
    _user("access:deactivate_user", **OUR_ADMINISTRATOR),
    Page("access:reactivate_user", {"user_id": "inactive user"}, **OUR_ADMINISTRATOR),
    _user("access:set_password", **OUR_ADMINISTRATOR),
    _user("access:reset_two_step", **OUR_ADMINISTRATOR),
    _user("access:grant_role", **OUR_ADMINISTRATOR),
    Page("access:withdraw_role", {"grant_id": "grant"}, **OUR_ADMINISTRATOR),
]
