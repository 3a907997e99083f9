from django.urls import path

from accounts.openid_connect import views

# django-allauth includes these in place of its own; names and paths are the same.
urlpatterns = [
    path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
]
