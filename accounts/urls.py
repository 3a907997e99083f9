from allauth.account.views import login
from allauth.socialaccount.views import connections
from django.urls import include, path

from accounts import views
from accounts.api_tokens.views import api_token_new, api_token_revoke, api_tokens
from accounts.browser_sessions.views import end_browser
from accounts.email.views import change_email, confirm_email_change
from accounts.invitations.views import invitation
from accounts.openid_connect.pages import may_post_to_providers
from accounts.organisations.views import logo

urlpatterns = [
    path("accounts/sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    # allauth's own pages, with a policy that lets their forms lead to the configured providers.
    path("accounts/login/", may_post_to_providers(login), name="account_login"),
    path("accounts/3rdparty/", may_post_to_providers(connections), name="socialaccount_connections"),
    path("accounts/sessions/<int:pk>/end/", end_browser, name="end_browser"),
    path("accounts/tokens/", api_tokens, name="api_tokens"),
    path("accounts/tokens/new/", api_token_new, name="api_token_new"),
    path("accounts/tokens/<int:pk>/revoke/", api_token_revoke, name="api_token_revoke"),
    path("language/", views.set_language, name="set_language"),
    # Replaces allauth's page, which keeps several addresses per account, confirmed or not.
    path("accounts/email/", change_email, name="account_email"),
    path("accounts/email/change/<str:token>/", confirm_email_change, name="confirm_email_change"),
    path("schools/logo/<slug:key>.png", logo, name="school_logo"),
    path("invitations/<str:token>/", invitation, name="invitation"),
    path("lti/", include("accounts.lti.urls")),
]
