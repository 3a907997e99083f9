from django.urls import path

from accounts import views

urlpatterns = [
    path("consent/", views.consent, name="consent"),
    path("consent/grant/", views.consent_grant, name="consent_grant"),
    path("consent/withdraw/", views.consent_withdraw, name="consent_withdraw"),
]
