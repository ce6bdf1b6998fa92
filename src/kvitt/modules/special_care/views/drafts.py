"""A begun claim: its page, its lines, saving, splitting, sending in, taking it away."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, cannot, see_other, typed
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.modules.special_care.commands import drafts, sending
from kvitt.modules.special_care.forms.claim import HeadForm, LineForm
from kvitt.modules.special_care.queries import claim_page
from kvitt.modules.special_care.queries import draft_page as queries
from kvitt.modules.special_care.views import answers


@require_http_methods(["GET", "POST"])
def draft(request: Request, number: str) -> HttpResponse:
    """The page. A POST comes as things are typed: it keeps them, and answers with what is left to do."""
    work = _Work(request, number)
    if request.method == "POST" and not work.is_sent:
        work.keep_typed()
    if "card" in request.GET:
        work.head.focus_card()
    return _back(request, number) if work.is_sent else work.shown(has_focus="entry" in request.GET)


@require_http_methods(["GET", "POST"])
def save_draft(request: Request, number: str) -> HttpResponse:
    """*Spara*."""
    if request.method == "GET":
        return _back(request, number)
    work = _Work(request, number)
    if work.is_sent:
        return _back(request, number)
    if work.head.is_valid() and work.saved():
        messages.success(request, _("The draft %(number)s is saved.") % {"number": number})
        return see_other(request, work.url)
    return work.shown(status=422)


@require_http_methods(["GET", "POST"])
def add_claim_line(request: Request, number: str) -> HttpResponse:
    """*Lägg till åtgärd*. Enter in a field above, with no procedure typed, only keeps what is typed there."""
    if request.method == "GET":
        return _back(request, number)
    work = _Work(request, number)
    if work.is_sent:
        return _back(request, number)
    if work.line.is_untouched and "enter" in request.POST:
        return work.kept()
    if not work.is_line_valid():
        return work.shown(status=422)
    try:
        drafts.add_line(
            request.actor,
            today=request.today,
            number=number,
            head=drafts.ClaimHead(**work.typed_head()),
            line=drafts.NewClaimLine(**work.line.line()),
        )
    except Refused as refused:
        work.refuse_line(refused.problems)
        return work.shown(status=422)
    work.remember()
    return work.anew()


@require_http_methods(["GET", "POST"])
def remove_claim_line(request: Request, number: str, line_id: int) -> HttpResponse:
    """*Ta bort* a line; what is typed in the other fields is kept."""
    if request.method == "GET":
        return _back(request, number)
    work = _Work(request, number)
    if work.is_sent:
        return _back(request, number)
    drafts.remove_line(request.actor, number=number, line_id=line_id)
    return work.kept()


@require_http_methods(["GET", "POST"])
def split_claim(request: Request, number: str) -> HttpResponse:
    """*Dela räkningen*: what is not preauthorized goes to a draft of its own."""
    if request.method == "GET":
        return _back(request, number)
    work = _Work(request, number)
    if work.is_sent:
        return _back(request, number)
    if not (work.head.is_valid() and work.saved()):
        return work.shown(status=422)
    try:
        other = drafts.split_claim(request.actor, today=request.today, number=number)
    except Refused as refused:
        work.head.add_problems(refused.problems)
        return work.shown(status=422)
    text = _("The claim is split. The other care is now in %(number)s.") % {"number": other}
    link = reverse("special_care:draft", args=[other])
    messages.success(request, format_html('{} <a href="{}">{}</a>', text, link, _("Open it")))
    return see_other(request, work.url)


@require_http_methods(["GET", "POST"])
def send_claim(request: Request, number: str) -> HttpResponse:
    """*Skicka in tandvårdsräkning*."""
    if request.method == "GET":
        return _back(request, number)
    work = _Work(request, number)
    if work.is_sent:
        return _back(request, number)
    if not work.line.is_untouched:
        work.line.add_error("code", _("This procedure is not added yet. Add it, or empty the fields."))
    if not work.head.is_valid() or not work.line.is_untouched:
        return work.shown(status=422)
    try:
        sent = sending.send_claim(
            request.actor, today=request.today, number=number, head=drafts.ClaimHead(**work.typed_head())
        )
    except Refused as refused:
        work.refuse(refused.problems)
        return work.shown(status=422)
    work.remember()
    claim_page.keep_warnings(request.session, number, [problem_text(one) for one in sent.warnings])
    return see_other(request, reverse("special_care:claim_sent", args=[number]))


@require_http_methods(["GET", "POST"])
def discard_claim(request: Request, number: str) -> HttpResponse:
    """Ask, and take a draft away."""
    page = queries.discarding(request.actor, number, today=request.today, session=request.session)
    if page.is_sent:
        return see_other(request, reverse("special_care:case", args=[number]))
    draft_url = reverse("special_care:draft", args=[number])
    if request.method == "POST":
        try:
            drafts.discard_claim(request.actor, number=number)
        except Refused as refused:
            return cannot(request, refused.problems, draft_url)
        messages.success(request, _("The draft %(number)s is removed.") % {"number": number})
        return see_other(request, reverse("special_care:register_claim"))
    answers.note_read(request, "case", [page.person_id], number=number)
    dialog = FormPage(
        title=_("Remove the draft %(number)s") % {"number": number},
        crumbs=answers.way_to(number),
        lead=f"{page.patient_name}.",
        question=_("The claim and its procedures disappear. Nothing was sent in. This cannot be undone."),
        form=Form(),
        submit=_("Remove"),
        cancel_url=draft_url,
        is_danger=True,
    )
    return render(request, "dialog.html", {"page": dialog})


@require_safe
def find_claim_codes(request: Request) -> HttpResponse:
    """Answer the code picker: what begins with the digits or holds the letters typed."""
    hits = queries.find_codes(
        request.actor,
        text=request.GET.get("q", ""),
        performed_on=request.GET.get("line-performed_on", ""),
        today=request.today,
    )
    return render(request, "price_lists/codes.html", {"page": {"hits": hits}})


def _back(request: Request, number: str) -> HttpResponse:
    """Send the reader to where the claim is now: who arrives without a form, or too late."""
    name = "case" if queries.is_sent(request.actor, number) else "draft"
    return see_other(request, reverse(f"special_care:{name}", args=[number]))


class _Work:
    """A request about a draft: its two forms with what was typed, and how it is answered."""

    def __init__(self, request: Request, number: str) -> None:
        """Read the forms; what can be chosen depends on the claim."""
        self._request, self._number = request, number
        self._wants_line = False
        self._page = self._read()
        sent = typed(request)
        self.head = HeadForm(sent, initial=self._page.initial, offer=self._page.offer)
        self.line = LineForm(sent, initial={"performed_on": self._page.next_date}, demands=self._page.demands)

    def _read(self, head: dict[str, Any] | None = None) -> queries.DraftPage:
        sent = self._request.POST
        return queries.draft_page(
            self._request.actor,
            self._number,
            today=self._request.today,
            session=self._request.session,
            head=head,
            typed_code=sent.get("line-code", ""),
            performed_on=sent.get("line-performed_on", ""),
        )

    @property
    def url(self) -> str:
        """Where the draft's page is."""
        return reverse("special_care:draft", args=[self._number])

    @property
    def is_sent(self) -> bool:
        """Whether the claim is sent in meanwhile, so that nothing is done here any more."""
        return self._page.is_sent

    def typed_head(self) -> dict[str, Any]:
        """Return the head as it is typed."""
        return self.head.head(category=self._page.category)

    def is_line_valid(self) -> bool:
        """Tell whether a line can be added as it is typed; what is missing is said at its fields."""
        self._wants_line = True
        is_head_valid = self.head.is_valid()
        return self.line.is_valid() and is_head_valid

    def remember(self) -> None:
        """Let the invoice number stand in the next claim."""
        typed = self.head.cleaned_data.get("invoice_reference", "")
        queries.remember_invoice_reference(self._request.actor, self._request.session, typed)

    def saved(self) -> bool:
        """Save the head; False, with the faults at their fields, where it is refused."""
        try:
            drafts.save_claim(
                self._request.actor, number=self._number, head=drafts.ClaimHead(**self.typed_head())
            )
        except Refused as refused:
            self.head.add_problems(refused.problems)
            return False
        self.remember()
        return True

    def keep_typed(self) -> None:
        """Save the head where it can be saved; what cannot is told when somebody presses a button."""
        if not (self.head.has_changed() and self.head.is_valid()):
            return
        head = drafts.ClaimHead(**self.typed_head())
        with suppress(Refused):
            drafts.save_claim(self._request.actor, number=self._number, head=head)

    def kept(self) -> HttpResponse:
        """Save the head and answer with the page as it is now, the next procedure in focus."""
        if not (self.head.is_valid() and self.saved()):
            return self.shown(status=422)
        return self.anew()

    def anew(self) -> HttpResponse:
        """Answer with the page as it is saved now, ready for the next procedure; htmx gets it at once."""
        if not self._request.htmx:
            return see_other(self._request, f"{self.url}?entry")
        page = queries.draft_page(
            self._request.actor, self._number, today=self._request.today, session=self._request.session
        )
        head = HeadForm(initial=page.initial, offer=page.offer)
        line = LineForm(initial={"performed_on": page.next_date}, demands=page.demands, has_focus=True)
        return self._rendered(page, head, line, status=200)

    def refuse_line(self, problems: tuple[Problem, ...]) -> None:
        """Show what is wrong with the line at its fields, and what else there is above."""
        own = [problem for problem in problems if problem.field in self.line.fields]
        self.line.add_problems(own)
        self.head.add_problems([problem for problem in problems if problem not in own])
        if any(problem.code == "unknown_code" for problem in own):
            similar = queries.similar_codes(
                self._request.actor,
                self._request.POST.get("line-code", ""),
                self._request.POST.get("line-performed_on", ""),
                today=self._request.today,
            )
            if similar:
                self.line.add_error("code", _("Codes that match: %(codes)s.") % {"codes": similar})

    def refuse(self, problems: tuple[Problem, ...]) -> None:
        """Show what stops the claim: of the whole at its field, of a line at its row in the list."""
        self.head.add_problems([problem for problem in problems if "line" not in problem.values])
        of_lines = [problem for problem in problems if "line" in problem.values]
        if of_lines:
            self.head.add_error(None, _("Procedures must be corrected. The list says which, and how."))

    def shown(self, *, status: int = 200, has_focus: bool = False) -> HttpResponse:
        """Answer with the page and what is typed; what is left to do is that of what is typed."""
        page, line = self._page, self.line
        if self._request.method == "POST":
            self.head.is_valid()
            page = self._read(self.typed_head())
            if line.is_untouched and not self._wants_line:
                typed = self._request.POST.get("line-performed_on", "")
                line = LineForm(initial={"performed_on": typed}, demands=page.demands)
        elif has_focus:
            line = LineForm(initial={"performed_on": page.next_date}, demands=page.demands, has_focus=True)
        return self._rendered(page, self.head, line, status=status)

    def _rendered(
        self, page: queries.DraftPage, head: HeadForm, line: LineForm, *, status: int
    ) -> HttpResponse:
        answers.note_read(self._request, "case", [page.person_id], number=self._number)
        picker = reverse("special_care:find_claim_codes")
        context = {"page": page, "head": head, "line": line, "picker": picker}
        return render(self._request, "special_care/draft.html", context, status=status)
