"""Tiles over time, for any order of events. The bar counts what they show, a closed window what they showed."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from classroom.domain.live.state import PRESENT, LiveClass
from classroom.domain.tiles import build_absent_tile
from classroom.measures import EXPRESSIONS, SHOWN, WINDOW_S
from tests.factories import shares

T0 = datetime(2026, 11, 2, 10, tzinfo=UTC).timestamp()
STUDENTS = [User(pk=pk, display_name=f"Student {pk}") for pk in range(1, 6)]
kinds = st.sampled_from([*EXPRESSIONS, "flat", "no_face", "paused", "waiting", "left", "disconnected"])
# (student, what happens, seconds since the event before)
happenings = st.lists(st.tuples(st.sampled_from(STUDENTS), kinds, st.floats(0.2, 6)), max_size=40)


def tile_of(student: User, kind: str, at: float) -> dict:
    tile = {**build_absent_tile(student), "state": kind, "updated": at}
    if kind not in (*EXPRESSIONS, "flat", "no_face"):
        return tile
    tile |= {"captured_at": at, "state": "seen" if kind in EXPRESSIONS else kind}
    if kind == "flat":
        tile |= {"state": "uncertain", "uncertain": "flat", "probabilities": shares("neutral", 0.2)}
    elif kind in EXPRESSIONS:
        tile |= {"expression": kind, "probabilities": shares(kind)}
    return tile


def count_tiles(tiles) -> dict[str, int]:
    shown = Counter(
        tile["expression"] or ("uncertain" if tile["state"] == "uncertain" else "unread")
        for tile in tiles
        if tile["state"] in PRESENT
    )
    return {name: shown[name] for name in SHOWN}


@settings(max_examples=150, deadline=None)
@given(happenings)
def test_bar_equals_the_tiles_that_the_page_has(events):
    live = LiveClass(tiles={student.pk: build_absent_tile(student) for student in STUDENTS})
    page = dict(live.tiles)
    now = T0
    for student, kind, pause in events:
        now += pause
        changed = live.apply(tile_of(student, kind, now))
        page[changed["id"]] = changed
        page |= {tile["id"]: tile for tile in live.tick(now)}
        assert page == live.tiles
        assert live.mood()["counts"] == count_tiles(page.values())
        assert sum(live.mood()["counts"].values()) == live.mood()["present"]


@settings(max_examples=150, deadline=None)
@given(happenings)
def test_closed_window_counts_what_tiles_showed_at_its_end(events):
    """Only students who kept their camera on: a tile with a paused camera shows nothing, even if it was read before."""
    live = LiveClass(tiles={student.pk: build_absent_tile(student) for student in STUDENTS}, closed_window=int(T0))
    now = T0 + WINDOW_S
    for student, kind, pause in events:
        now += pause
        if now >= T0 + 2 * WINDOW_S:
            break
        if kind in (*EXPRESSIONS, "flat", "no_face"):
            live.tick(now)
            live.apply(tile_of(student, kind, now))
    at_its_end = T0 + 2 * WINDOW_S - 1e-3
    live.tick(at_its_end)
    counts = live.mood()["counts"]
    live.tick(at_its_end + 3)
    [window] = live.close_windows(at_its_end + 3)
    assert (window["at"], window["counts"]) == (T0 + WINDOW_S, counts)
