"""The limits on signing up, mails and launches."""

# A whole school may have one IP address. Sign-ins have no limit here: accounts/sign_in/failures.py slows guessing down.
RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "signup": "120/m/ip",
    "reset_password": "120/m/ip,5/m/key",
    "reset_password_from_key": "120/m/ip",
    "provider_sign_in": "600/m/ip",
    # Two requests of each launch.
    "lti": "1200/m/ip",
}
