"""Requests to try the steps on, in a case that no module knows of."""

import pytest

from kvitt.preauthorization.commands import requests as commands
from kvitt.preauthorization.commands.requests import NewRequest
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.preauthorization.rules import ProcedureFacts

BRIDGE = ProcedureFacts(1, "852", "Tandersättning, en tand", "13", "", 855_000)
SPLINT = ProcedureFacts(2, "601", "Bettskena", "ÖK", "", 433_500)


class Steps:
    """The steps of a request, taken by Anna at the clinic and Frida at the authority."""

    def __init__(self, world):
        self.world = world
        self.anna, self.frida = world.actor("anna"), world.actor("frida")

    def create(self, *procedures, number="B2024-000001", person=None, clinic=None):
        new = NewRequest(
            "needs_allowance",
            number,
            (clinic or self.world.ryd).pk,
            (person or self.world.elsa).pk,
        )
        return commands.create(
            self.anna,
            new,
            motivation="Tanden går inte att rädda.",
            procedures=procedures or (BRIDGE, SPLINT),
            today=self.world.today,
        )

    def change(self, request):
        commands.change(request, motivation="Ny text.", procedures=[BRIDGE])

    def remove(self, request):
        commands.remove(request)

    def send(self, request, *, today=None, parcels=(), documents=()):
        procedures = [one.facts() for one in request.procedures.order_by("key")]
        commands.send(
            self.anna,
            request,
            procedures=procedures,
            documents=documents,
            parcels=parcels,
            today=today or self.world.today,
        )

    def withdraw(self, request):
        commands.withdraw(request)

    def answer(self, request, text="Här är bilden."):
        commands.answer(self.anna, request, text=text, documents=(), parcels=())

    def mark_read(self, request):
        return commands.mark_read(self.anna, request)

    def keep_draft(self, request, reason="Nja"):
        commands.keep_draft(self.frida, request, verdicts={1: Verdict.REFUSED}, reason=reason)

    def ask(self, request, question="Var är bilden?"):
        commands.ask(self.frida, request, question=question)

    def decide(self, request, *verdicts, reason="Skälet."):
        keys = [one.key for one in request.procedures.order_by("key")]
        given = verdicts or [Verdict.APPROVED] * len(keys)
        commands.decide(
            self.frida,
            request,
            verdicts=dict(zip(keys, given, strict=True)),
            reason=reason,
            today=self.world.today,
        )

    def waiting(self, *procedures, **wanted):
        """Return a request that awaits review."""
        sending = {name: wanted.pop(name) for name in ("today", "parcels", "documents") if name in wanted}
        request = self.create(*procedures, **wanted)
        self.send(request, **sending)
        return request

    def request_in(self, status):
        """Return a request that has come to the status by its steps."""
        if status in {RequestStatus.NOT_SENT, RequestStatus.REMOVED}:
            request = self.create()
            if status is RequestStatus.REMOVED:
                self.remove(request)
            return request
        request = self.waiting()
        if status is RequestStatus.COMPLETION_REQUESTED:
            self.ask(request)
        elif status is RequestStatus.DECIDED:
            self.decide(request)
        elif status is RequestStatus.APPROVED_WITH_RESERVATION:
            self.decide(request, Verdict.APPROVED, Verdict.REFUSED)
        return request

    def reload(self, request):
        return Preauthorization.objects.get(pk=request.pk)


@pytest.fixture
def steps(world):
    return Steps(world)
