"""Moments in requests to the API."""

from datetime import datetime

from rest_framework import serializers


class SentMoment(serializers.DateTimeField):
    """A moment, in the user's time zone if it names none. Invalid if it is outside Python's calendar in UTC."""

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")
