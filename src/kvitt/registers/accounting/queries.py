"""Read account strings: what books something on a day, and the list of them."""

from collections.abc import Collection, Mapping
from datetime import date

from django.apps import apps
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404

from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.accounting import rules
from kvitt.registers.accounting.lifecycle import USES, AccountUse
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.price_lists import queries as price_lists


def account_strings_on(
    authority_id: int, wanted: Collection[rules.Wanted], *, on: date
) -> Mapping[rules.Wanted, rules.AccountStringFacts]:
    """Return the account string that books each on the day, in one statement; what none books is left out.

    Source: spec SC-23.
    """
    if not wanted:
        return {}
    strings = AccountString.objects.filter(
        _valid(on),
        authority_id=authority_id,
        use__in={use for use, _scheme, _code in wanted},
        scheme__in={"", *(scheme for _use, scheme, _code in wanted)},
        code__in={"", *(code for _use, _scheme, code in wanted)},
    )
    return rules.choose_strings([string.dated() for string in strings], wanted)


def revenue_strings(authority_id: int, codes: Collection[str], on: date) -> rules.RevenueStrings:
    """Return where the services with these codes are booked on a day, and which cannot be, in one statement.

    The code "" is that of what belongs to no service. Source: debitering-ao, page 31; spec CF-25, CF-29.
    """
    strings = AccountString.objects.filter(
        _valid(on), authority_id=authority_id, use__in=[AccountUse.REVENUE, AccountUse.RECEIVABLE]
    )
    return rules.judge_revenue([string.dated() for string in strings], codes)


def uses_of(authority_id: int) -> tuple[AccountUse, ...]:
    """Return what an authority of its kind books. Source: spec SC-23, CF-29."""
    return USES[organisations.authority_kind(authority_id)]


def strings_between(
    authority_id: int, wanted: Collection[rules.Wanted], *, first_on: date, last_on: date
) -> list[rules.DatedString]:
    """Return the account strings for the very same that hold on any day of a period, in one statement.

    Source: spec SC-23.
    """
    strings = AccountString.objects.filter(
        Q(last_on__isnull=True) | Q(last_on__gte=first_on),
        authority_id=authority_id,
        use__in={use for use, _scheme, _code in wanted},
        first_on__lte=last_on,
    )
    dated = (string.dated() for string in strings.order_by("first_on"))
    return [string for string in dated if string.wanted in wanted]


def strings_for(authority_id: int, wanted: rules.Wanted) -> QuerySet[AccountString]:
    """Return the account strings of all days that are for the very same."""
    use, scheme, code = wanted
    strings = AccountString.objects.filter(authority_id=authority_id, use=use, scheme=scheme, code=code)
    return strings.order_by("first_on")


def is_known_code(authority_id: int, wanted: rules.Wanted) -> bool:
    """Tell whether the code that is to be booked is one of its scheme or of a service, on any day.

    The registers do not know the modules: each app that has services tells.
    """
    use, scheme, code = wanted
    if use is AccountUse.REVENUE:
        asked = (getattr(app, "has_service", None) for app in apps.get_app_configs())
        return any(has_service(authority_id, code) for has_service in asked if has_service is not None)
    return bool(code) and price_lists.item_of_any_day(authority_id, scheme, code) is not None


def account_string(actor: Actor, string_id: int) -> AccountString:
    """Return one of the authority's account strings. Raises NotAllowed, and Http404 for any other."""
    found = account_strings(actor).filter(pk=string_id).first()
    if found is None:
        raise Http404
    return found


def account_strings(
    actor: Actor, *, use: str = "", scheme: str = "", on: date | None = None
) -> QuerySet[AccountString]:
    """Return the authority's account strings that every given filter lets through. Raises NotAllowed."""
    actor.require(Permission.ADMINISTER)
    places = [When(use=each.value, then=Value(place)) for place, each in enumerate(AccountUse)]
    strings = AccountString.objects.filter(authority_id=actor.authority_id).annotate(
        use_place=Case(*places, output_field=IntegerField())
    )
    if use:
        strings = strings.filter(use=use)
    if scheme:
        strings = strings.filter(scheme=scheme)
    return strings if on is None else strings.filter(_valid(on))


def _valid(on: date) -> Q:
    return Q(first_on__lte=on) & (Q(last_on__isnull=True) | Q(last_on__gte=on))
