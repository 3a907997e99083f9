"""The live class: its state from the database, and how it changes with each event.

`LiveClass` is what one teacher's socket holds in memory; the first state over HTTP comes from the same object, so the
two cannot disagree.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict

from classroom.domain.alerts.records import CurrentAlert, FiredAlert, current_alerts, fired_alerts
from classroom.domain.anonymity.groups import MINUTE_S
from classroom.domain.anonymity.publishing import CURRENT_S, current_minute
from classroom.domain.history.baseline import usual_negative
from classroom.domain.history.timeline import Window, class_timeline, published_window
from classroom.domain.live.headline import Headline, HeadlineInput, HeadlineKeeper
from classroom.domain.live.mood_trend import MoodTrend, troubled_since
from classroom.domain.live.recent_samples import CAMERA_ON, RecentSamples, counts_as
from classroom.domain.live.responses import ClassResponses, ResponseLog, class_responses
from classroom.domain.live.stored_tiles import load_tiles
from classroom.domain.markers import MarkerRow, markers_for
from classroom.domain.self_reports import AnswerWindow, answers_by_window
from classroom.infra.event_types import AnswerPayload, Tile
from classroom.measures import (
    TREND_LENGTH,
    WINDOW_S,
    Counts,
    Sample,
    count_shown,
    last_closed_window,
    negative_count,
    seen_count,
    valence,
    window_start,
)
from classroom.models import ClassSession, PublishedMinute, Reading, Stay

PRESENT = (*CAMERA_ON, "paused", "no_consent", "in_class")
DEPARTED = ("left", "disconnected")


class ClassMood(TypedDict):
    """The class now: `counts` has each of the `present` students once, by what their tile shows. `negative` of the
    `seen` show a negative expression; `usual_negative` is the share that did in the course's earlier classes. In an
    anonymous class the three are those of the last published minute, None without any."""

    counts: Counts | None
    seen: int | None
    negative: int | None
    usual_negative: float | None
    present: int
    enrolled: int


@dataclass
class LiveClass:
    """The tiles of all enrolled students and the samples of the last two windows."""

    tiles: dict[int, Tile]
    samples: RecentSamples = field(default_factory=RecentSamples)
    response_log: ResponseLog = field(default_factory=ResponseLog)
    # The students present in each window that has not closed yet, by its start.
    present_in: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    # The start of the last window that is on the timeline already.
    closed_window: int = 0
    reads_faces: bool = True
    is_anonymous: bool = False
    published: PublishedMinute | None = None
    usual_negative: float | None = None
    # The time of the last tick or reading.
    now: float = 0.0
    mood_trend: MoodTrend = field(default_factory=MoodTrend)
    headline_keeper: HeadlineKeeper = field(default_factory=HeadlineKeeper)

    # --- events

    def apply(self, tile: Tile) -> Tile | None:
        """Apply a changed tile and return it as it looks now, None for a student who is not (or no longer) in the
        class. A tile older than the known one changes nothing."""
        known = self.tiles.get(tile["id"])
        if known is None or known["updated"] > tile["updated"]:
            return known
        trend = known["trend"]
        read_at, last_read_at = tile["captured_at"], known["captured_at"]
        if read_at is not None and (last_read_at is None or read_at > last_read_at):
            certain = None if tile["uncertain"] else tile["probabilities"]
            self.samples.of(tile["id"]).add(Sample(tile["id"], read_at, certain, tile["uncertain"] or ""))
            self.now = max(self.now, read_at)
            if certain:
                trend = [*trend, round(valence(certain), 3)][-TREND_LENGTH:]
        return self._store({**tile, "trend": trend})

    def apply_answer(self, student_id: int, answer: AnswerPayload | None, heard: float) -> Tile | None:
        """Apply a student's answer and return their tile, None for a student who is not (or no longer) in the class."""
        self.response_log.apply_answer(student_id, answer, heard)
        return self._store(self.tiles[student_id]) if student_id in self.tiles else None

    def apply_hand(self, student_id: int, since: float | None, heard: float) -> Tile | None:
        """Apply a hand that went up or down; returns as apply_answer does."""
        self.response_log.apply_hand(student_id, since, heard)
        return self._store(self.tiles[student_id]) if student_id in self.tiles else None

    def apply_ask(self, at: float | None) -> None:
        """Note when the staff asked the class how it is going; None changes nothing."""
        self.response_log.apply_ask(at)

    def mark_disconnected(self, students: set[int]) -> list[Tile]:
        """Mark those of the students who are present as disconnected, and return their tiles."""
        return [self._store({**self.tiles[pk], "state": "disconnected"}) for pk in sorted(students & self._present)]

    # --- passing time

    def tick(self, now: float) -> list[Tile]:
        """Let time pass: samples leave the window behind a tile, and answers that no longer hold are dropped. Returns
        the tiles that changed."""
        self.now = now
        self.present_in[window_start(now)] |= self._present
        # The samples of a window that has not closed are kept, however late it closes.
        self.samples.drop_before(min(window_start(now) - WINDOW_S, self.closed_window + WINDOW_S))
        outdated = {pk for pk, each in self.samples.by_student.items() if each.valid_until <= now}
        changed = (outdated | self.response_log.expire(now)) & self.tiles.keys()
        before = {pk: self.tiles[pk] for pk in changed}
        return [tile for pk in sorted(changed) if (tile := self._store(self.tiles[pk])) != before[pk]]

    def close_windows(self, now: float) -> list[Window]:
        """Return the timeline windows that have closed since the last call."""
        last = last_closed_window(now)
        starts = range(self.closed_window + WINDOW_S, last + 1, WINDOW_S)
        self.closed_window = max(self.closed_window, last)
        windows: list[Window] = []
        # Samples reach back two windows. A page that missed more reloads the whole timeline.
        for start in starts[-2:]:
            shown = dict(self.samples.shown_between(start, start + WINDOW_S))
            present = len(self.present_in.pop(start, set()) | shown.keys())
            if self.is_anonymous:  # the whole timeline is reloaded with each published minute
                windows.append(published_window(at=start, counts=None, present=present))
                continue
            counts = count_shown(shown.values(), present=present)
            windows.append(
                {"at": start, "counts": counts, "probabilities": None, "seen": seen_count(counts), "present": present}
            )
        return windows

    def answers_in(self, windows: list[Window]) -> list[AnswerWindow]:
        return self.response_log.windows(window["at"] for window in windows)

    # --- the class as a whole

    def mood(self) -> ClassMood:
        """Count the students present by what their tiles show."""
        present = self._present
        if self.is_anonymous:
            return self._published_mood(len(present))
        counts = count_shown((counts_as(self.tiles[pk]) for pk in present), present=len(present))
        return {
            "counts": counts,
            "seen": seen_count(counts),
            "negative": negative_count(counts),
            "usual_negative": self.usual_negative,
            "present": len(present),
            "enrolled": len(self.tiles),
        }

    def _published_mood(self, present: int) -> ClassMood:
        published = self.published
        is_current = published is not None and self.now < published.at.timestamp() + MINUTE_S + CURRENT_S
        counts = published.counts if published is not None and is_current else None
        window = published_window(at=0, counts=counts, present=present)
        return {
            "counts": window["counts"],
            "seen": window["seen"],
            "negative": negative_count(counts) if counts else None,
            "usual_negative": self.usual_negative,
            "present": present,
            "enrolled": len(self.tiles),
        }

    def responses(self) -> ClassResponses:
        """Count the answers that hold and the raised hands of the students present."""
        mood = self.mood()
        return class_responses(
            self.tiles.values(),
            present=self._present,
            seen=mood["seen"],
            negative=mood["negative"],
            asked_at=self.response_log.asked_at,
        )

    def headline(self, now: float, *, is_saved: bool = True) -> Headline:
        """Return the class in one headline; call it about once a second."""
        self.update_mood_trend(now)
        states = [tile["state"] for tile in self.tiles.values()]
        about = HeadlineInput(
            mood_trend=self.mood_trend,
            responses=self.responses(),
            names={pk: tile["name"] for pk, tile in self.tiles.items()},
            present=len(self._present),
            departed=sum(state in DEPARTED for state in states),
            enrolled=len(self.tiles),
            on_camera=sum(state in CAMERA_ON for state in states),
            reads_faces=self.reads_faces,
            is_anonymous=self.is_anonymous,
            published=self.mood()["counts"] if self.is_anonymous else None,
            is_saved=is_saved,
        )
        return self.headline_keeper.update(about, now)

    def update_mood_trend(self, now: float) -> None:
        certain = {
            pk: [sample for sample in self.samples.of(pk).samples if sample.probabilities is not None]
            for pk, tile in self.tiles.items()
            if tile["state"] == "seen"
        }
        all_good = {pk for pk in certain if (says := self.tiles[pk]["says"]) and says["answer"] == "all_good"}
        self.mood_trend.update(certain, all_good=all_good, present=len(self._present), now=now)

    def _store(self, tile: Tile) -> Tile:
        shown = self.samples.of(tile["id"]).show(tile, self.now)
        self.tiles[tile["id"]] = self.response_log.add_to(shown)
        return self.tiles[tile["id"]]

    @property
    def _present(self) -> set[int]:
        return {tile["id"] for tile in self.tiles.values() if tile["state"] in PRESENT}


class LiveState(TypedDict):
    session: dict
    now: float
    window_s: int
    students: list[Tile]
    mood: ClassMood
    voice: ClassResponses
    sentence: Headline
    timeline: list[Window]
    answers: list[AnswerWindow]
    markers: list[MarkerRow]
    alerts: list[CurrentAlert]
    fired: list[FiredAlert]
    requests: int


def live_class(*, session: ClassSession, now: datetime) -> LiveClass:
    """Return the class as the database has it."""
    response_log = ResponseLog.load(session=session, now=now)
    live = LiveClass(
        tiles=load_tiles(session, now),
        response_log=response_log,
        closed_window=last_closed_window(now.timestamp()),
        reads_faces=session.course.reads_faces,
        is_anonymous=session.is_anonymous,
        published=current_minute(session=session, now=now) if session.is_anonymous else None,
        usual_negative=usual_negative(course_id=session.course_id, before=session.started_at),
    )
    readings = Reading.objects.filter(session=session, captured_at__gt=now - timedelta(seconds=2 * WINDOW_S))
    for reading in () if session.is_anonymous else readings.order_by("captured_at"):
        certain = None if reading.uncertain else reading.probabilities
        student_id, at = reading.student_id, reading.captured_at.timestamp()
        live.samples.of(student_id).add(Sample(student_id, at, certain, reading.uncertain))
    live.now = now.timestamp()
    for tile in list(live.tiles.values()):
        live._store(tile)
    # A dashboard opened at this moment can only assume that those present now were also present in the window before.
    live.tick(now.timestamp() - WINDOW_S)
    live.tick(now.timestamp())
    live.update_mood_trend(now.timestamp())
    live.mood_trend.since |= troubled_since(session=session, students=live.mood_trend.troubled, now=now)
    return live


def lost_connections(*, session: ClassSession, now: datetime) -> set[int]:
    """Return the students whose heartbeats stopped too long ago, though nothing reported that the connection ended."""
    stays = Stay.objects.lost(now).filter(attendance__session=session)
    return set(stays.values_list("attendance__student_id", flat=True))


def live_state(*, session: ClassSession, now: datetime) -> LiveState:
    """Return everything the dashboard shows, as it is now."""
    live = live_class(session=session, now=now)
    return {
        "session": {
            "id": session.pk,
            "course": session.course.name,
            "topic": session.topic,
            "reads_faces": session.course.reads_faces,
            "anonymous": session.is_anonymous,
            "started_at": session.started_at.timestamp(),
            "ended_at": session.ended_at.timestamp() if session.ended_at else None,
        },
        "now": now.timestamp(),
        "window_s": WINDOW_S,
        "students": list(live.tiles.values()),
        "mood": live.mood(),
        "voice": live.responses(),
        "sentence": live.headline(now.timestamp()),
        "timeline": class_timeline(session=session, until=now),
        "answers": answers_by_window(session=session, until=now),
        "markers": markers_for(session=session),
        "alerts": current_alerts(session=session),
        "fired": fired_alerts(session=session),
        "requests": session.course.join_requests.count(),
    }
