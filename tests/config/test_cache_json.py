import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from config.cache_json import JSONSerializer

MOMENT = datetime(2026, 11, 2, 10, 0, 1, 2345, tzinfo=UTC)
INDIA = timezone(timedelta(hours=5, minutes=30))


def round_trip(value):
    data = JSONSerializer().dumps(value)
    return JSONSerializer().loads(str(data).encode() if isinstance(data, int) else data)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -7, 2**60, 1.5, math.inf, "", "12", "ada 😀\n", MOMENT, MOMENT.replace(tzinfo=None)),
        *(MOMENT.astimezone(INDIA), [], [1.5, 2], (), (1, (2, [3])), {}, {"pk": 1, "at": MOMENT, "of": ("a", None)}),
    ],
    ids=repr,
)
def test_value_comes_back_with_its_type(value):
    found = round_trip(value)
    assert (found, type(found)) == (value, type(value))
    assert repr(found) == repr(value)


@pytest.mark.parametrize(
    "value",
    [Ellipsis, {1: "a"}, {1, 2}, b"bytes", MOMENT.date(), timedelta(1), Decimal(1), [{(1,): 2}], {"!tuple": [1]}],
    ids=repr,
)
def test_value_that_would_come_back_as_another_is_refused(value):
    with pytest.raises(TypeError, match="does not hold"):
        JSONSerializer().dumps(value)


def test_number_is_stored_as_redis_can_increment_it():
    assert JSONSerializer().dumps(41) == 41
