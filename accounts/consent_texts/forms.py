"""The form with which an administrator publishes a consent text."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.consent_texts.translation import translated_body
from accounts.models import ConsentText, OrganisationId

MAX_LENGTH = 20_000
# Time zone offsets must not move a time beyond Python's last year.
LAST_YEAR = 2999
ANOTHER_PUBLISHED = _("Another text was published since you opened this page. Open it again.")


class ConsentTextForm(forms.Form):
    """The original, its translations, and when they start to apply. `replaces` is the version that the page showed."""

    replaces = forms.IntegerField(widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("Text in English"),
        max_length=MAX_LENGTH,
        help_text=_("Students agree to exactly these words. Leave a blank line between paragraphs."),
        widget=forms.Textarea(attrs={"rows": 12, "lang": "en"}),
    )
    applies = forms.ChoiceField(
        label=_("Takes effect"),
        choices=[("now", _("immediately")), ("date", _("on a date"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    applies_from = forms.DateTimeField(
        label=_("Date and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone. Until then, the current text applies; students can already agree to this one."),
    )

    def __init__(self, *args: Any, organisation: OrganisationId, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        for language in translated_languages():
            name = get_language_info(language)["name_translated"]
            self.fields[f"body_{language}"] = forms.CharField(
                label=_("Translation: %(language)s") % {"language": name},
                max_length=MAX_LENGTH,
                required=False,
                help_text=_("Shown above the original. Without it, students see only the original."),
                widget=forms.Textarea(attrs={"rows": 12, "lang": language}),
            )
        self.order_fields(["replaces", "body", *(f"body_{each}" for each in translated_languages())])

    def clean(self) -> dict[str, Any]:
        data = cast(dict[str, Any], super().clean())
        newest = ConsentText.objects.in_organisation(self.organisation).latest("version")
        if data.get("replaces") not in (None, newest.version):
            self.add_error(None, ANOTHER_PUBLISHED)
        if "body" in data and _normalised(data["body"]) == _normalised(newest.body):
            self.add_error("body", _("Nothing has changed. Edit the text before you publish it."))
        for language in translated_languages():
            with translation.override(language):
                former = translated_body(newest)
            if former and _normalised(data.get(f"body_{language}", "")) == _normalised(former):
                message = _("This is still the translation of the previous text. Update it or clear the field.")
                self.add_error(f"body_{language}", message)
        if data.get("applies") == "date":
            moment = data.get("applies_from")
            if moment is None:
                if "applies_from" not in self.errors:
                    self.add_error("applies_from", _("Enter a date and a time."))
            elif moment <= timezone.now():
                self.add_error("applies_from", _("This time has passed. Enter a later one."))
            elif moment.year > LAST_YEAR:
                self.add_error("applies_from", _("Enter a date before the year 3000."))
        return data

    def text(self) -> ConsentText:
        """Return the text as it would be published, not yet saved."""
        data = self.cleaned_data
        entered = {each: _normalised(data[f"body_{each}"]) for each in translated_languages()}
        return ConsentText(
            organisation_id=self.organisation,
            version=data["replaces"] + 1,
            body=_normalised(data["body"]),
            translations={language: body for language, body in entered.items() if body},
            applies_from=data["applies_from"] if data["applies"] == "date" else timezone.now(),
        )


def translated_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def _normalised(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.splitlines()).strip()
