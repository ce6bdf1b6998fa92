"""Every page by WCAG 2.1 AA: axe finds nothing, nothing scrolls sideways, and the focus can be seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import resolve, reverse
from playwright.sync_api import Page as Window
from playwright.sync_api import expect

from kvitt.registers.access.middleware import LANGUAGE_COOKIE
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.journeys.pages import PAGES, Page
from tests.journeys.reading import Reading
from tests.journeys.sample import Sample

pytestmark = [pytest.mark.requirement("QU-21"), pytest.mark.looks]

# Every page in Swedish at both widths, light at one and dark at the other, and how narrow each width is tried
# too: 640 is what is left of 1280 at 200 percent. Every page once in English, where there is least room.
DESK, POCKET = ("light", DESKTOP, 640), ("dark", PHONE, 320)
# Who reads pages in English: each the first of them that opens it.
ENGLISH_READERS = ("anna", "ivar", "lisa", "jenny", "gustav", "frida", "petra")
HTML = "text/html; charset=utf-8"

# Presses Tab on every control in turn, as the keyboard's focus; what shows no ring is named.
UNSEEN_FOCUS = """() => {
  const unseen = [];
  const ringed = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  for (const control of document.querySelectorAll(controls)) {
    if (!control.checkVisibility({ visibilityProperty: true }) || control.disabled) continue;
    control.focus();
    if (document.activeElement !== control || !control.matches(":focus-visible")) continue;
    const row = control.closest(".kv-rowlink");
    if (![control, control.parentElement, row].some((element) => element && ringed(element)))
      unseen.push(control.outerHTML.slice(0, 120));
  }
  document.activeElement.blur();
  return unseen;
}"""
# A status is a word and an icon, not a colour alone.
BARE_STATUSES = """() => [...document.querySelectorAll(".kv-status")]
  .filter((status) => !status.textContent.trim() || !status.querySelector("svg"))
  .map((status) => status.outerHTML.slice(0, 120))"""
OTHER_ORDER = "() => [...document.querySelectorAll('[tabindex]')].filter((one) => one.tabIndex > 0).length"
SCROLLS = "() => document.scrollingElement.scrollWidth > window.innerWidth"
EMPTIED = """(form) => {
  form.dataset.sent = "";
  const typed = "input:not([type=hidden], [type=radio], [type=checkbox]), textarea";
  for (const field of form.querySelectorAll(typed))
    field.value = "";
}"""
# Whatever the answer is, a new form or another page, it takes the place of the form that was sent.
ANSWERED = "() => document.readyState === 'complete' && !document.querySelector('[data-sent]')"


def faults_of(window: Window, *, looks: Sequence[tuple] = (DESK, POCKET)) -> Iterator[str]:
    """Yield what is wrong with the page as it stands, in each of these looks. Open another one after it."""
    window.wait_for_load_state()
    yield from (f"a status without word or icon: {status}" for status in window.evaluate(BARE_STATUSES))
    if window.evaluate(OTHER_ORDER):
        yield "a tabindex above 0"
    for scheme, size, narrow in looks:
        window.emulate_media(color_scheme=scheme)
        for width in (narrow, size["width"]):
            window.set_viewport_size({"width": width, "height": size["height"]})
            if window.evaluate(SCROLLS):
                yield f"scrolls sideways at {width}"
        yield from (f"{fault} at {size['width']}" for fault in accessibility_faults(window))


def faults_of_focus(window: Window) -> Iterator[str]:
    """Yield the controls whose focus cannot be seen; the ring is the same at every width."""
    window.set_viewport_size(DESKTOP)
    window.keyboard.press("Tab")
    yield from (f"no visible focus: {control}" for control in window.evaluate(UNSEEN_FOCUS))


def faults_at(window: Window, viewer: str, urls: list[str]) -> list[str]:
    """Return the faults of every page in Swedish, and in English of those that the viewer reads so."""
    found = []
    for url in urls:
        window.goto(url)
        found += [f"{viewer} {url}: {fault}" for fault in (*faults_of(window), *faults_of_focus(window))]
    in_english = {name_of(url): url for url in reversed(urls) if is_read_in_english(name_of(url), viewer)}
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(window.url))
    window.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": "en", "url": origin}])
    for name, url in in_english.items():
        window.goto(url)
        assert window.locator("html").get_attribute("lang") == "en"
        found += [f"{viewer} {name} in English: {fault}" for fault in faults_of(window, looks=[POCKET])]
    return found


def is_read_in_english(name: str, viewer: str) -> bool:
    opened_by = {one for page in PAGES if page.name == name for one in page.ok}
    return next((one for one in ENGLISH_READERS if one in opened_by), viewer) == viewer


def url_of(page: Page, sample: Sample) -> str:
    return reverse(page.name, kwargs={name: sample.ids[key] for name, key in page.args.items()})


def pages_of(viewer: str, sample: Sample, *names: str) -> list[str]:
    """Return the pages that the viewer opens, or those of these names; no files and no parts of pages."""
    no_pages = {"portal:healthz", "ledger:invoice_pdf", "needs_allowance:find_codes"}
    no_pages |= {"special_care:find_claim_codes", "special_care:find_plan_codes", "care_fees:receipt"}
    for module in ("needs_allowance", "special_care"):
        no_pages |= {f"{module}:document", f"{module}:document_image"}
    no_pages |= {f"settlement:{name}" for name in ("payment_pdf", "netting_pdf", "download_file")}
    shown = [page for page in PAGES if viewer in page.ok and page.name not in no_pages]
    return [
        f"{url_of(page, sample)}{query}"
        for page in shown
        if not names or page.name in names
        for query in ("", *page.try_also)
    ]


def lists_of(viewer: str) -> list[str]:
    return [reverse(page.name) for page in PAGES if page.is_list and not page.args and viewer in page.ok]


# Pages --------------------------------------------------------------------------------------------


def test_pages_of_a_clinic(live_sample, open_browser):
    sample = live_sample
    window = open_browser(sample.users["anna"])
    cases = [key for key in sample.ids if key.endswith(" case")]
    urls = pages_of("anna", sample)
    urls += [reverse("needs_allowance:case", args=[sample.ids[key]]) for key in cases]
    urls += [reverse("listings:patient", args=[sample.ids["protected"]])]

    faults = faults_at(window, "anna", urls)

    assert not faults, "\n".join(faults)


def test_pages_of_an_administrator(live_sample, open_browser):
    window = open_browser(live_sample.users["ivar"])
    own = set(pages_of("ivar", live_sample)) - set(pages_of("anna", live_sample))

    faults = faults_at(window, "ivar", ["/", *sorted(own)])

    assert not faults, "\n".join(faults)


def test_pages_of_the_others(live_sample, open_browser):
    """A care provider, a reviewer, somebody with two clinics and with none, and who is not signed in."""
    sample, faults = live_sample, []
    start = "portal:start"
    lists = ("ledger:search_invoices", "listings:listed_patients", "needs_allowance:search_cases")
    activities = ("search_activities", "create_activity", "case", "remove_activity", "statistics")
    activities = (*(f"population_health:{name}" for name in activities), "ledger:search_lines")
    certificates = ("special_care:search_certificates", "special_care:certificate")
    review = (
        "ledger:invoice",
        *(f"ledger:{step}" for step in ("review_invoices", "review_invoice", "reject_invoice")),
    )
    several = (start, "needs_allowance:create_invoice", "needs_allowance:invoice_basis_lines", *lists)
    for viewer, urls in (
        ("eva", pages_of("eva", sample, *several)),
        ("gustav", pages_of("gustav", sample, start, *review, *lists)),
        (
            "frida",
            [
                *pages_of("frida", sample, start, "preauthorization:queue", "needs_allowance:assess_request"),
                *(url for url in pages_of("frida", sample, *certificates) if "?" not in url),
            ],
        ),
        ("hanna", pages_of("hanna", sample, start, "ledger:attest_invoices")),
        ("jenny", [url for url in pages_of("jenny", sample, start, *activities) if "?" not in url]),
        ("klara", pages_of("klara", sample, start, "population_health:search_activities")),
        ("fia", [*pages_of("fia", sample, start), "/users/"]),
        ("cilla", ["/choose-unit/"]),
        ("sven", ["/choose-unit/", "/settings/"]),
        ("nobody", ["/sign-in/", "/accessibility/"]),
    ):
        user = sample.users.get(viewer)
        window = open_browser(user)
        faults += faults_at(window, viewer, urls)
        window.close()

    assert not faults, "\n".join(faults)


def test_pages_of_special_care(live_sample, open_browser):
    """What the clinic and the region have there, payments too, and who administers the clinic."""
    sample, faults = live_sample, []
    claims = {page.name for page in PAGES if page.name.startswith(("special_care:", "settlement:"))}
    unit = {page.name for page in PAGES if page.name.startswith("clinic_administration:")}
    alike = {f"special_care:{name}" for name in ("case", "plan", "categories", "claim_invoices")}
    for viewer, names in (
        ("lisa", claims),
        ("gustav", claims - alike),
        ("frida", {"special_care:assess_request"}),
        ("hanna", {page.name for page in PAGES if page.name.startswith("settlement:")}),
        ("petra", unit),
    ):
        urls = [url for url in pages_of(viewer, sample, *names) if "?" not in url]
        window = open_browser(sample.users[viewer])
        faults += faults_at(window, viewer, urls)
        window.close()

    assert not faults, "\n".join(faults)


def test_lists_with_nothing_in_them(live_sample, open_browser):
    faults = []
    for viewer, more in (
        ("ulla", ["/", "/support/", "/patients/found/"]),
        ("olof", ["/", "/faq/", "/news/"]),
    ):
        window = open_browser(live_sample.users[viewer])
        faults += faults_at(window, viewer, [*more, *lists_of(viewer)])
        window.close()

    assert not faults, "\n".join(faults)


def test_pages_of_what_went_wrong(live_sample, open_browser):
    user = live_sample.users["anna"]
    window = open_browser(user)
    client = Client()
    client.force_login(user)
    pages = {name: render_to_string(f"{name}.html") for name in ("400", "500")}
    pages["404"] = client.get("/nowhere/").content.decode()

    window.route(
        "**/gone-wrong/*", lambda route: route.fulfill(body=pages[route.request.url[-3:]], content_type=HTML)
    )

    faults = []
    for name in pages:
        window.goto(f"/gone-wrong/{name}")
        faults += [f"{name}: {fault}" for fault in (*faults_of(window), *faults_of_focus(window))]

    assert not faults, "\n".join(faults)


# Dialogs and faults -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A form: the page it is reached from, and its own address where it opens as a dialog."""

    url: str
    dialog: str = ""


def places_of(viewer: str, sample: Sample) -> list[Place]:
    """Return one place for every dialog and every form that the viewer's pages hold."""
    client = Client()
    client.force_login(sample.users[viewer])
    dialogs: dict[str, Place] = {}
    forms: list[Place] = []
    extra = [reverse("needs_allowance:patient_cases", args=[sample.world.elsa.code])]
    for url in [*pages_of(viewer, sample), *extra]:
        reading = Reading(client.get(url).content.decode())
        for dialog in reading.dialogs:
            dialogs.setdefault(name_of(dialog), Place(url, dialog))
        forms += [Place(url) for form in reading.main_forms[:1] if has_fields(form)]
    return [*dialogs.values(), *(form for form in forms if name_of(form.url) not in dialogs)]


def name_of(url: str) -> str:
    return resolve(urlsplit(url).path).view_name


def has_fields(form) -> bool:
    return any(control.kind in {"text", "textarea", "email", "password"} for control in form.controls)


def open_place(window: Window, place: Place) -> None:
    window.goto(place.url)
    if place.dialog:
        window.locator(f"main a[data-dialog][href='{place.dialog}']").first.click()
        expect(window.locator("#dialog[open]")).to_be_visible()


def send_empty(window: Window, place: Place) -> bool:
    """Empty every field and send the form; tell whether it came back with faults."""
    form = window.locator("#dialog form" if place.dialog else "main form[method=post]").first
    form.evaluate(EMPTIED)
    form.locator("[type=submit]").first.click()
    window.wait_for_function(ANSWERED)
    return window.locator("#dialog[open]" if place.dialog else "main [aria-invalid=true]").count() > 0


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize("viewer", ["anna", "ivar"])
def test_dialogs_and_forms_with_faults(viewer, live_sample, open_browser):
    window = open_browser(live_sample.users[viewer])

    faults, faulty = [], []
    for place in places_of(viewer, live_sample):
        open_place(window, place)
        name = name_of(place.dialog or place.url)
        has_fields = window.locator(
            "#dialog form .kv-field" if place.dialog else "main form .kv-field"
        ).count()
        if has_fields and send_empty(window, place):
            faulty.append(name)
        elif has_fields:
            open_place(window, place)
        # With its faults a form shows all that it shows without them.
        faults += [
            f"{name} in {place.url}: {fault}" for fault in (*faults_of(window), *faults_of_focus(window))
        ]

    assert not faults, "\n".join(faults)
    wanted = {"anna": "needs_allowance:add_procedure", "ivar": "organisations:create_clinic"}
    assert wanted[viewer] in faulty


def test_what_opens_on_the_pages_of_a_clinic(live_sample, open_browser):
    """The code picker, the menus, the event log, search results, the questions before listing and opening."""
    sample, faults = live_sample, []
    window = open_browser(sample.users["anna"])
    case = reverse("needs_allowance:case", args=[sample.ids["case"]])

    def check(what: str) -> None:
        faults.extend(f"{what}: {fault}" for fault in faults_of(window))

    window.goto(case)
    window.locator("a[data-dialog][href$='/procedures/add/']").first.click()
    window.locator("#dialog [role=combobox]").fill("8")
    expect(window.locator("#dialog [role=option]").first).to_be_visible()
    check("code picker")

    window.goto(case)
    for closed in window.locator("details:visible:not([open]) > summary:visible").all():
        if closed.is_visible():
            closed.click()
    window.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true; }")
    check("menus and event log")

    for typed, what in (
        ("o", "several found"),
        ("Zzzzz", "nobody found"),
        ("20130205-2385", "a wrong number"),
    ):
        window.goto("/support/")
        search(window, typed)
        check(what)

    window.goto("/support/")
    search(window, "20130305-2383")
    window.locator("#list-patient").click()
    expect(window.locator("#dialog[open]")).to_be_visible()
    check("question before listing")

    window.goto(reverse("listings:patient", args=[sample.ids["protected"]]))
    window.locator("main a[href*='/protected/']").click()
    expect(window.locator("#id_reason")).to_be_visible()
    check("question before a protected identity")

    window.goto(reverse("needs_allowance:case", args=[sample.ids["empty case"]]))
    window.goto(reverse("needs_allowance:delete_case", args=[sample.ids["empty case"]]))
    window.locator("main form [type=submit]").click()
    expect(window.locator("#notices [role=status]")).to_be_visible()
    check("confirmation")

    assert not faults, "\n".join(faults)


def search(window: Window, typed: str) -> None:
    window.locator("#patient-search").fill(typed)
    window.locator("#patient-search").press("Enter")
    window.wait_for_url(lambda url: "/support/" not in url)


def test_sign_in_that_failed(live_sample, open_browser):
    window = open_browser(viewport=PHONE)
    window.goto("/sign-in/")
    window.locator("#id_username").fill("anna")
    window.locator("#id_password").fill("fel lösenord")
    window.locator("main form [type=submit]").click()
    expect(window.locator(".kv-summary, [aria-invalid=true]").first).to_be_visible()

    faults = list(faults_of(window))

    assert not faults, "\n".join(faults)
