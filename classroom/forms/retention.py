from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_DAYS = 3650


class RetentionForm(forms.Form):
    """How many days a course or a school keeps its classes. `longest` is the limit above it; 0: none."""

    days = forms.IntegerField(label=gettext_lazy("Days after the end of a class"), required=False)

    def __init__(self, *args: object, longest: int, empty: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        self.longest = longest or MAX_DAYS
        self.fields["days"].help_text = empty

    def clean_days(self) -> int | None:
        days: int | None = self.cleaned_data["days"]
        if days is not None and not 1 <= days <= self.longest:
            raise forms.ValidationError(_("Enter 1 to %(longest)s days.") % {"longest": self.longest})
        return days
