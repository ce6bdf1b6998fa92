"""A select is the same as Django's own, but for the order of its attributes."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from kvitt.foundation.renderer import Renderer


class Choices(forms.Form):
    one = forms.ChoiceField(choices=[("", "–"), (1, "A & <b>"), ("2", 'two "2"')], required=False)
    several = forms.MultipleChoiceField(choices=[(1, "a"), (2, "b"), (3, "c")])
    grouped = forms.ChoiceField(choices=[("x", "X"), ("A & B", [("y", "Y"), ("z", "Z")])])
    closed = forms.TypedChoiceField(choices=[(None, "none"), (1234567, "number")], coerce=int, disabled=True)


class Parts(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.parts = []
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        self.parts.append((tag, sorted(attrs, key=str)))

    def handle_endtag(self, tag):
        self.parts.append((tag, "end"))

    def handle_data(self, data):
        if data.strip():
            self.parts.append(data.strip())


@pytest.mark.requirement("QU-9")
@pytest.mark.parametrize("data", [None, {"one": "2", "several": ["1", "3"], "grouped": "z"}])
@pytest.mark.parametrize("name", Choices.base_fields)
def test_select_is_as_django_writes_it(name, data):
    attrs = {"class": "form-select", "hidden": True, "data-x": False}

    ours = Choices(data, renderer=Renderer())[name].as_widget(attrs=attrs)

    assert (
        Parts(ours).parts
        == Parts(Choices(data, renderer=DjangoTemplates())[name].as_widget(attrs=attrs)).parts
    )
