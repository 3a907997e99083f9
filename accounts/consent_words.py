"""The words of a consent text in the reader's language.

What a student agrees to is a version of the text, in the words it was published in. A translation of exactly these
words is shown in their place, with the words themselves below it; other words than those below have none.
"""

from django.utils.translation import gettext, gettext_noop

from accounts.models import ConsentText

# As the migrations publish it.
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


def translated_words(text: ConsentText) -> str | None:
    """The text in the language in force, or None where it has no translation or needs none."""
    words = gettext(text.body)
    return words if words != text.body else None
