"""What we use of allauth, under the names it looks for; mounted outside the desk's namespace."""

from allauth.account.views import account_inactive, login, logout
from django.urls import path

from cadran.accounts.access import public

urlpatterns = [
    path("sign-in/", public(login), name="account_login"),
    path("sign-out/", public(logout), name="account_logout"),
    path("sign-in/closed/", public(account_inactive), name="account_inactive"),
]
