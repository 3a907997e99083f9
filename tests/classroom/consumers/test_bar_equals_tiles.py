"""In every message to the teacher's page, the bar counts exactly what the tiles show."""

import random
import time
from collections import Counter

import pytest
from asgiref.sync import sync_to_async

from classroom.domain.live.state import PRESENT
from classroom.domain.tiles import build_absent_tile
from classroom.infra import events
from classroom.measures import EXPRESSIONS, SHOWN
from tests import factories
from tests.classroom.consumers.sockets import teacher_socket

pytestmark = pytest.mark.django_db(transaction=True)
STATES = (*["read"] * 12, "waiting", "paused", "no_consent", "disconnected")


def random_tile(student, rng: random.Random) -> dict:
    """A tile as a worker or a student's socket publishes it. Readings are up to ten seconds old, so that some leave the
    window while the test runs."""
    now = time.time()
    tile = {**build_absent_tile(student), "state": rng.choice(STATES), "updated": now}
    if tile["state"] != "read":
        return tile
    kind = rng.choice(["seen", "seen", "seen", "uncertain", "no_face"])
    tile |= {"state": kind, "captured_at": now - rng.uniform(0, 10), "faces": int(kind != "no_face")}
    if kind != "no_face":
        expression = rng.choice(EXPRESSIONS)
        tile |= {
            "expression": expression,
            "uncertain": "flat" if kind == "uncertain" else None,
            "probabilities": factories.shares(expression, rng.uniform(0.3, 0.9)),
        }
    return tile


def count_tiles(tiles: dict[int, dict]) -> dict[str, int]:
    """Count the tiles by what the page writes on them."""
    shown = Counter(
        tile["expression"] if tile["state"] == "seen" else "uncertain" if tile["state"] == "uncertain" else "unread"
        for tile in tiles.values()
        if tile["state"] in PRESENT
    )
    return {name: shown[name] for name in SHOWN}


@pytest.mark.parametrize("seed", range(4))
async def test_bar_equals_tiles_in_every_message(session, teacher, seed):
    rng = random.Random(seed)
    students = [await sync_to_async(factories.student_of)(session.course) for _ in range(rng.choice([1, 5, 12]))]
    shown: dict[int, dict] = {}
    counted = []
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        for _ in range(15):
            chosen = rng.choices(students, k=rng.randint(1, 4))
            tiles = [random_tile(student, rng) for student in {each.pk: each for each in chosen}.values()]
            await sync_to_async(events.publish_tiles)(session.pk, tiles)
            update = await socket.receive_type("update")
            shown |= {tile["id"]: tile for tile in update["students"]}
            assert update["mood"]["counts"] == count_tiles(shown)
            counted.append(update["mood"]["counts"])
        last = {**build_absent_tile(students[0]), "state": "left", "updated": time.time()}
        await sync_to_async(events.publish_tiles)(session.pk, [last])
        while shown.get(students[0].pk, {}).get("state") != "left":
            update = await socket.receive_type("update")
            shown |= {tile["id"]: tile for tile in update["students"]}
            assert update["mood"]["counts"] == count_tiles(shown)
    assert any(counts[name] for counts in counted for name in EXPRESSIONS)
