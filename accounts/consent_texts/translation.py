"""Translations of the consent text.

A student agrees to one version of the text as it was published, in English. A page in another language shows the
translation of exactly that text, with the original below it. The catalogues translate the first version. The
administrator who publishes a later one enters its translations.
"""

from django.utils.translation import get_language, gettext, gettext_noop

from accounts.models import ConsentText

# Word for word as the migrations publish it: the database keeps this text as the record of what was agreed to.
FIRST_TEXT = gettext_noop(
    "While you are in a class session with your camera switched on here, your browser sends a small picture of you to "
    "this server about every second and a half. A program looks for a face in it and estimates which of seven "
    "expressions it shows: angry, disgust, fear, happy, neutral, sad or surprise.\n"
    "\n"
    "The picture itself is thrown away at once: it is never saved, and no person sees it. What is saved is the "
    "estimate: the time, the seven numbers, where in the picture the face was, and how bright and sharp it was.\n"
    "\n"
    "Your teacher sees your estimate during the session and afterwards, and so do you. Other students do not. It is "
    "used to tune the lesson. It is never a grade and plays no part in one.\n"
    "\n"
    "The estimate is often wrong. A face is not a feeling, and the program is less sure with some faces, in poor light "
    "and with covered faces.\n"
    "\n"
    "You decide. You can take part in the class without agreeing, pause the camera at any moment, and withdraw your "
    "consent whenever you like. You can also delete everything that was recorded about you.\n"
)


def translated_body(text: ConsentText) -> str | None:
    """Return the text in the active language, or None if it has no translation or needs none."""
    entered = text.translations.get(get_language() or "")
    body = entered or gettext(text.body)
    return body if body != text.body else None
