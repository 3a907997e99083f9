"""Refusals whose text tells the student what to do."""

from django.utils.translation import gettext as _

from classroom.snapshots import MessageRejected


def no_camera_course() -> MessageRejected:
    return MessageRejected("no_camera_course", _("This course uses no camera."))


def faces_only() -> MessageRejected:
    text = _(
        "This course accepts only your face, cut out on your own computer, and this page sent the whole camera "
        "picture. It was not used. Reload the page; if that does not help, use a current Chrome, Edge, Firefox or "
        "Safari."
    )
    return MessageRejected("faces_only", text)


def too_costly() -> MessageRejected:
    text = _(
        "Your pictures take this server far too long to read, so your camera stays off in this class. You are still "
        "in class and can answer and raise your hand. For the next class, use another browser, or switch off programs "
        "that change your camera’s picture."
    )
    return MessageRejected("too_costly", text)
