from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from classroom.models import Webhook, WebhookEvent


class WebhookForm(forms.ModelForm):
    # Any host name: the address is checked at each delivery, because what a name resolves to can change.
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput({"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("With https, on the public internet."),
    )
    events = forms.MultipleChoiceField(label=_("Events"), choices=WebhookEvent, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Webhook
        fields = ("name", "url", "events", "is_active")
        labels = {"name": _("Name"), "is_active": _("On")}
        widgets = {"name": forms.TextInput({"autocomplete": "off"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["is_active"]
            self.initial["events"] = WebhookEvent.values

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        schemes = ["https", "http"] if settings.PRIVATE_TARGETS_ALLOWED else ["https"]
        try:
            URLValidator(schemes=schemes)(url)
        except ValidationError:
            raise ValidationError(gettext("Enter an address that begins with https://.")) from None
        if "@" in url.split("//", 1)[1].split("/", 1)[0]:
            raise ValidationError(gettext("Leave out user name and password: messages are signed."))
        return url
