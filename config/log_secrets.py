"""Keeps keys and codes in URLs out of logs: a reader of a log could set a password or join a course with them."""

import logging
import re

# The keys of links in mails are part of the path. A course's link has its join code in the query, and the page that
# signs a visitor in has the whole link in `next`.
_SECRET = re.compile(
    r"(/password/reset/key/|/confirm-email/|/email/change/|/invitations/)[^\s/?\"']+|([?&](?:code|next)=)[^\s&\"']+"
)


def without_secrets(text: str) -> str:
    return _SECRET.sub(lambda found: f"{found[1] or found[2]}***", text)


class LogFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
