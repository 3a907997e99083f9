from allauth.socialaccount.forms import DisconnectForm

from accounts.openid_connect.pages import configured_providers


class UnlinkForm(DisconnectForm):
    """Also unlinks the account of a provider that is no longer configured, which allauth fails to look up."""

    def save(self) -> None:
        account = self.cleaned_data["account"]
        if account.provider not in {each["provider_id"] for each in configured_providers()}:
            account._provider = account.provider  # where allauth remembers the one that it has looked up
        super().save()
