from django.urls import path

from accounts.lti import views

# Platforms know these addresses: do not change them.
urlpatterns = [
    path("login/", views.login, name="lti_login"),
    path("launch/", views.launch, name="lti_launch"),
    path("jwks/", views.jwks, name="lti_jwks"),
    path("sign-in/", views.sign_in, name="lti_sign_in"),
    path("new-account/", views.new_account, name="lti_new_account"),
    path("link/", views.link, name="lti_link"),
    path("accounts/<int:pk>/unlink/", views.unlink, name="lti_unlink"),
]
