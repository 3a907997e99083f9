"""templates/_field.html: what a screen reader says about a field."""

import re

from django import forms
from django.template.loader import render_to_string


class Choices(forms.Form):
    scopes = forms.MultipleChoiceField(
        label="A program may",
        help_text="Only what it needs.",
        choices=[("read", "read"), ("write", "write")],
        widget=forms.CheckboxSelectMultiple,
    )


def test_group_of_choices_is_named_and_described():
    html = render_to_string("_field.html", {"field": Choices({})["scopes"]})
    described = re.search(r'<fieldset[^>]* aria-describedby="([^"]*)"[^>]*>\s*<legend>A program may</legend>', html)
    assert described
    ids = described[1].split()
    assert ids == ["id_scopes_helptext", "id_scopes_error"]
    assert all(f'id="{each}"' in html for each in ids)
    assert 'for=""' not in html
