"""The live class: its state from the database, and how it changes with each event.

`LiveClass` is what one teacher's socket holds in memory; the first state over HTTP comes from the same object, so the
two cannot disagree.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict

from classroom.domain.alerts.records import CurrentAlert, FiredAlert, current_alerts, fired_alerts
from classroom.domain.history.timeline import Window, class_timeline, trends
from classroom.domain.live.headline import Headline, HeadlineInput, HeadlineKeeper
from classroom.domain.live.mood_trend import MoodTrend, troubled_since
from classroom.domain.live.responses import ClassResponses, ResponseLog, class_responses
from classroom.domain.markers import MarkerRow, markers_for
from classroom.domain.self_reports import AnswerWindow, answers_by_window
from classroom.domain.tiles import build_absent_tile, build_tile
from classroom.infra.event_types import AnswerPayload, Tile
from classroom.measures import (
    TREND_LENGTH,
    WINDOW_S,
    Probabilities,
    Sample,
    last_closed_window,
    mood,
    negative_students,
    valence,
    window_start,
)
from classroom.models import ClassSession, Reading, Stay

JUST_READ = ("seen", "uncertain", "no_face")
CAMERA_ON = (*JUST_READ, "waiting")
PRESENT = (*CAMERA_ON, "paused", "no_consent", "in_class")
DEPARTED = ("left", "disconnected")


class ClassMood(TypedDict):
    """The class now. The probabilities rest on `seen` of the `present` students."""

    probabilities: Probabilities | None
    valence: float | None
    seen: int
    present: int
    enrolled: int


@dataclass
class LiveClass:
    """The tiles of all enrolled students and the samples of the last two windows."""

    tiles: dict[int, Tile]
    samples: deque[Sample] = field(default_factory=deque)
    response_log: ResponseLog = field(default_factory=ResponseLog)
    # The students present in each window that has not closed yet, by its start.
    present_in: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    # The start of the last window that is on the timeline already.
    closed_window: int = 0
    reads_faces: bool = True
    mood_trend: MoodTrend = field(default_factory=MoodTrend)
    headline_keeper: HeadlineKeeper = field(default_factory=HeadlineKeeper)

    # --- events

    def apply(self, tile: Tile) -> Tile:
        """Apply a changed tile and return it with its trend. A tile older than the known one changes nothing."""
        known = self.tiles.get(tile["id"])
        if known and known["updated"] > tile["updated"]:
            return known
        trend = known["trend"] if known else []
        read_at, last_read_at = tile["captured_at"], known["captured_at"] if known else None
        if read_at is not None and (last_read_at is None or read_at > last_read_at):
            certain = None if tile["uncertain"] else tile["probabilities"]
            self.samples.append(Sample(tile["id"], read_at, certain))
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

    def mark_disconnected(self, students: set[int]) -> list[Tile]:
        """Mark those of the students who are present as disconnected, and return their tiles."""
        lost: list[Tile] = [{**self.tiles[pk], "state": "disconnected"} for pk in students & self._present]
        self.tiles.update({tile["id"]: tile for tile in lost})
        return lost

    # --- passing time

    def tick(self, now: float) -> list[Tile]:
        """Let time pass: tiles whose last reading is too old are `waiting` again, and answers that no longer hold are
        dropped. Returns the tiles that changed."""
        self.present_in[window_start(now)] |= self._present
        while self.samples and self.samples[0].at < window_start(now) - WINDOW_S:
            self.samples.popleft()
        aged: list[Tile] = [
            {**tile, "state": "waiting"}
            for tile in self.tiles.values()
            if tile["state"] in JUST_READ and now - tile["updated"] > WINDOW_S
        ]
        self.tiles.update({tile["id"]: tile for tile in aged})
        expired = self.response_log.expire(now) & self.tiles.keys()
        changed = {tile["id"] for tile in aged} | expired
        return [self._store(self.tiles[pk]) for pk in sorted(changed)]

    def close_windows(self, now: float) -> list[Window]:
        """Return the timeline windows that have closed since the last call."""
        last = last_closed_window(now)
        starts = range(self.closed_window + WINDOW_S, last + 1, WINDOW_S)
        self.closed_window = max(self.closed_window, last)
        windows: list[Window] = []
        # Samples reach back two windows; a page that missed more fetches the whole timeline again.
        for start in starts[-2:]:
            closed = mood(sample for sample in self.samples if start <= sample.at < start + WINDOW_S)
            present = len(self.present_in.pop(start, ()))
            windows.append(
                {"at": start, "probabilities": closed.probabilities, "seen": closed.seen, "present": present}
            )
        return windows

    def answers_in(self, windows: list[Window]) -> list[AnswerWindow]:
        return self.response_log.windows(window["at"] for window in windows)

    # --- the class as a whole

    def mood(self, now: float) -> ClassMood:
        """Return the mean of the expressions read in the last window, and how many students it rests on."""
        recent = mood(self._recent_samples(now))
        return {
            "probabilities": recent.probabilities,
            "valence": valence(recent.probabilities) if recent.probabilities else None,
            "seen": recent.seen,
            "present": len(self._present),
            "enrolled": len(self.tiles),
        }

    def responses(self, now: float) -> ClassResponses:
        """Count the answers that hold and the raised hands of the students present."""
        recent = self._recent_samples(now)
        return class_responses(
            self.tiles.values(), present=self._present, seen=mood(recent).seen, negative=negative_students(recent)
        )

    def headline(self, now: float, *, is_saved: bool = True) -> Headline:
        """Return the class in one headline; call it about once a second."""
        self.update_mood_trend(now)
        states = [tile["state"] for tile in self.tiles.values()]
        about = HeadlineInput(
            mood_trend=self.mood_trend,
            responses=self.responses(now),
            names={pk: tile["name"] for pk, tile in self.tiles.items()},
            present=len(self._present),
            departed=sum(state in DEPARTED for state in states),
            enrolled=len(self.tiles),
            on_camera=sum(state in CAMERA_ON for state in states),
            reads_faces=self.reads_faces,
            is_saved=is_saved,
        )
        return self.headline_keeper.update(about, now)

    def update_mood_trend(self, now: float) -> None:
        self.mood_trend.update(self._recent_samples(now), present=len(self._present), now=now)

    def _store(self, tile: Tile) -> Tile:
        self.tiles[tile["id"]] = self.response_log.add_to(tile)
        return self.tiles[tile["id"]]

    def _recent_samples(self, now: float) -> list[Sample]:
        """Return the samples that the mood of the class rests on now."""
        on_camera = {tile["id"] for tile in self.tiles.values() if tile["state"] in CAMERA_ON}
        return [each for each in self.samples if each.at > now - WINDOW_S and each.student_id in on_camera]

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


def live_class(*, session: ClassSession, now: datetime) -> LiveClass:
    """Return the class as the database has it."""
    response_log = ResponseLog.load(session=session, now=now)
    live = LiveClass(
        tiles={pk: response_log.add_to(tile) for pk, tile in _load_tiles(session, now).items()},
        response_log=response_log,
        closed_window=last_closed_window(now.timestamp()),
        reads_faces=session.course.reads_faces,
    )
    readings = Reading.objects.filter(session=session, captured_at__gt=now - timedelta(seconds=2 * WINDOW_S))
    for reading in readings.order_by("captured_at"):
        certain = None if reading.uncertain else reading.probabilities
        live.samples.append(Sample(reading.student_id, reading.captured_at.timestamp(), certain))
    # Those present now were so in the window before too, as far as a dashboard opened at this moment can know.
    live.tick(now.timestamp() - WINDOW_S)
    live.tick(now.timestamp())
    live.update_mood_trend(now.timestamp())
    live.mood_trend.since |= troubled_since(session=session, students=live.mood_trend.troubled, now=now)
    return live


def _load_tiles(session: ClassSession, now: datetime) -> dict[int, Tile]:
    """Return the tiles of all students of the course: a student who was removed from it is no longer in the class."""
    present = set(Stay.objects.open(now).filter(attendance__session=session).values_list("attendance_id", flat=True))
    trend_by_student = trends(session=session, since=now - timedelta(minutes=2))
    attendances = session.attendances.filter(student__enrolments__course=session.course_id).select_related(
        "student", "latest_reading"
    )
    tiles = {
        attendance.student_id: build_tile(
            attendance,
            is_present=attendance.pk in present,
            now=now,
            trend=trend_by_student.get(attendance.student_id),
        )
        for attendance in attendances
    }
    for enrolment in session.course.enrolments.select_related("student").exclude(student_id__in=tiles):
        tiles[enrolment.student_id] = build_absent_tile(enrolment.student)
    return tiles


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
            "started_at": session.started_at.timestamp(),
            "ended_at": session.ended_at.timestamp() if session.ended_at else None,
        },
        "now": now.timestamp(),
        "window_s": WINDOW_S,
        "students": list(live.tiles.values()),
        "mood": live.mood(now.timestamp()),
        "voice": live.responses(now.timestamp()),
        "sentence": live.headline(now.timestamp()),
        "timeline": class_timeline(session=session, until=now),
        "answers": answers_by_window(session=session, until=now),
        "markers": markers_for(session=session),
        "alerts": current_alerts(session=session),
        "fired": fired_alerts(session=session),
    }
