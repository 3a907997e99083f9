"""Cached values as JSON instead of pickle, which executes what it reads: anybody able to write to Redis could run
code."""

import json
from datetime import datetime
from typing import Any

# JSON has neither type. A value that came back as another type would be a bug that only distributed operation shows.
DATETIME, TUPLE = "!datetime", "!tuple"


class JSONSerializer:
    """For None, bools, numbers, text, datetimes, and lists, tuples and dicts (with text as keys) of these.

    Raises TypeError for anything else.
    """

    def dumps(self, value: Any) -> bytes | int:
        # Like Django's own serializer: Redis increments what is stored as a number.
        return value if type(value) is int else json.dumps(_to_json(value)).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data, object_hook=_from_json)


def _to_json(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return {DATETIME: value.isoformat()}
    if type(value) is tuple:
        return {TUPLE: [_to_json(each) for each in value]}
    if type(value) is list:
        return [_to_json(each) for each in value]
    if type(value) is dict and all(type(key) is str and key not in (DATETIME, TUPLE) for key in value):
        return {key: _to_json(each) for key, each in value.items()}
    raise TypeError(f"The cache does not hold values of this kind: {value!r}")


def _from_json(value: dict[str, Any]) -> Any:
    if DATETIME in value:
        return datetime.fromisoformat(value[DATETIME])
    return tuple(value[TUPLE]) if TUPLE in value else value
