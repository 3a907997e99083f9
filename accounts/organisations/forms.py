from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import DEFAULT_ORGANISATION, Organisation
from accounts.organisations.colours import HEX, modes_without_contrast
from accounts.organisations.logos import MAX_BYTES, MAX_SIDE, NotALogo, TooLarge, readable_logo


class LooksForm(forms.Form):
    """Name, colour and logo of an organisation. `png` is the new logo, ready to be stored."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("The header of each page shows it."))
    colour = forms.CharField(
        label=_("Colour"),
        required=False,
        max_length=7,
        help_text=_("For the line below the header, such as #1c71d8. It must be visible in light and in dark mode."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("A PNG, JPEG or WebP of at most 200 KB, which is shown on white."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )
    without_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    png: bytes | None = None

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.initial.update(name=organisation.name, colour=organisation.colour)
        self.fields["name"].required = organisation.pk != DEFAULT_ORGANISATION
        if not organisation.logo_key:
            del self.fields["without_logo"]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"].strip().lower()
        if colour and not HEX.fullmatch(colour):
            raise forms.ValidationError(gettext("Enter # and six digits from 0 to 9 and a to f."))
        close = modes_without_contrast(colour) if colour else []
        if close == ["light"]:
            raise forms.ValidationError(gettext("Too pale to be seen in light mode. Use a darker colour."))
        if close == ["dark"]:
            raise forms.ValidationError(gettext("Too dark to be seen in dark mode. Use a brighter colour."))
        return colour

    def clean_logo(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["logo"]
        if file is None:
            return None
        try:
            self.png = readable_logo(file)  # type: ignore[arg-type]  # has read()
        except TooLarge:
            limits = {"kilobytes": MAX_BYTES // 1024, "side": MAX_SIDE}
            text = gettext("Too large: at most %(kilobytes)s KB and %(side)s pixels on each side.")
            raise forms.ValidationError(text % limits) from None
        except NotALogo:
            raise forms.ValidationError(gettext("This is not a PNG, JPEG or WebP that Attune can read.")) from None
        return file
