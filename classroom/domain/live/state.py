"""The live class: its state from the database, and how it changes with each event.

`LiveClass` is what one teacher's socket keeps in memory; the first state over HTTP comes from the same object, so the
two cannot disagree.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict

from classroom.domain.alerts.evaluation import AlertRow, FiredAlert, current_alerts, fired_alerts
from classroom.domain.history.timeline import Window, class_timeline, trends
from classroom.domain.live.headline import Class, Sentence, Speaker
from classroom.domain.live.mood_trend import Glance
from classroom.domain.live.responses import ClassVoice, Voices, class_voice, voices_of
from classroom.domain.live.troubled import troubled_since
from classroom.domain.markers import MarkerRow, markers_of
from classroom.domain.self_reports import AnswerWindow, answers_by_window
from classroom.domain.tiles import absent_tile, tile_of
from classroom.infra.event_types import Says, Tile
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
HERE = (*CAMERA_ON, "paused", "no_consent", "in_class")
GONE = ("left", "disconnected")


class ClassMood(TypedDict):
    """The class now. `seen` of `present` students stand behind the probabilities."""

    probabilities: Probabilities | None
    valence: float | None
    seen: int
    present: int
    enrolled: int


@dataclass
class LiveClass:
    """The tiles of every enrolled student and the samples of the last two windows."""

    tiles: dict[int, Tile]
    samples: deque[Sample] = field(default_factory=deque)
    voices: Voices = field(default_factory=Voices)
    present_in: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    # The start of the last window that is on the timeline already.
    closed_window: int = 0
    reads_faces: bool = True
    glance: Glance = field(default_factory=Glance)
    speaker: Speaker = field(default_factory=Speaker)

    def apply(self, tile: Tile) -> Tile:
        """Take a changed tile in; returns it with its trend. One older than the tile known changes nothing."""
        known = self.tiles.get(tile["id"])
        if known and known["updated"] > tile["updated"]:
            return known
        trend = known["trend"] if known else []
        if _is_new_reading(tile, known):
            sample = _sample(tile)
            self.samples.append(sample)
            if sample.probabilities:
                trend = [*trend, round(valence(sample.probabilities), 3)][-TREND_LENGTH:]
        return self._keep({**tile, "trend": trend})

    def hear_answer(self, student_id: int, says: Says | None, heard: float) -> Tile | None:
        """Take in what a student says; returns her tile, None for one who is not of this class (any more)."""
        self.voices.hear_answer(student_id, says, heard)
        return self._keep(self.tiles[student_id]) if student_id in self.tiles else None

    def see_hand(self, student_id: int, since: float | None, heard: float) -> Tile | None:
        """The same for a hand that went up or down."""
        self.voices.see_hand(student_id, since, heard)
        return self._keep(self.tiles[student_id]) if student_id in self.tiles else None

    def settle(self, now: float) -> list[Tile]:
        """Let time pass: tiles whose last reading has grown too old are `waiting` again, and answers that no longer
        hold are gone. Returns the tiles that changed."""
        self.present_in[window_start(now)] |= self._here
        while self.samples and self.samples[0].at < window_start(now) - WINDOW_S:
            self.samples.popleft()
        aged: list[Tile] = [
            {**tile, "state": "waiting"}
            for tile in self.tiles.values()
            if tile["state"] in JUST_READ and now - tile["updated"] > WINDOW_S
        ]
        self.tiles.update({tile["id"]: tile for tile in aged})
        silent = self.voices.settle(now) & self.tiles.keys()
        changed = {tile["id"] for tile in aged} | silent
        return [self._keep(self.tiles[pk]) for pk in sorted(changed)]

    def lose(self, students: set[int]) -> list[Tile]:
        """Mark students disconnected whose connection died with its server. Returns the tiles that changed."""
        lost: list[Tile] = [{**self.tiles[pk], "state": "disconnected"} for pk in students & self._here]
        self.tiles.update({tile["id"]: tile for tile in lost})
        return lost

    def mood(self, now: float) -> ClassMood:
        recent = mood(self._recent(now))
        return {
            "probabilities": recent.probabilities,
            "valence": valence(recent.probabilities) if recent.probabilities else None,
            "seen": recent.seen,
            "present": len(self._here),
            "enrolled": len(self.tiles),
        }

    def voice(self, now: float) -> ClassVoice:
        recent = self._recent(now)
        return class_voice(
            self.tiles.values(), here=self._here, seen=mood(recent).seen, negative=negative_students(recent)
        )

    def sentence(self, now: float, *, is_saved: bool = True) -> Sentence:
        """The class at a glance; call it about once a second."""
        self.look(now)
        about = Class(
            glance=self.glance,
            voice=self.voice(now),
            names={pk: tile["name"] for pk, tile in self.tiles.items()},
            present=len(self._here),
            enrolled=len(self.tiles),
            on_camera=sum(tile["state"] in CAMERA_ON for tile in self.tiles.values()),
            has_begun=any(tile["state"] in GONE for tile in self.tiles.values()),
            reads_faces=self.reads_faces,
            is_saved=is_saved,
        )
        return self.speaker.say(about, now)

    def look(self, now: float) -> None:
        self.glance.take(self._recent(now), present=len(self._here), now=now)

    def close_windows(self, now: float) -> list[Window]:
        """The timeline windows that have closed since the last call."""
        last = last_closed_window(now)
        starts = range(self.closed_window + WINDOW_S, last + 1, WINDOW_S)
        self.closed_window = max(self.closed_window, last)
        # Samples reach back two windows; whoever was away for longer fetches the whole timeline anew.
        return [self._window(start) for start in starts[-2:]]

    def answers_in(self, windows: list[Window]) -> list[AnswerWindow]:
        return self.voices.windows(window["at"] for window in windows)

    def _keep(self, tile: Tile) -> Tile:
        self.tiles[tile["id"]] = self.voices.on(tile)
        return self.tiles[tile["id"]]

    def _recent(self, now: float) -> list[Sample]:
        """The samples that the class's mood now rests on."""
        on_camera = {tile["id"] for tile in self.tiles.values() if tile["state"] in CAMERA_ON}
        return [s for s in self.samples if s.at > now - WINDOW_S and s.student_id in on_camera]

    def _window(self, start: int) -> Window:
        of_window = mood(s for s in self.samples if start <= s.at < start + WINDOW_S)
        return {
            "at": start,
            "probabilities": of_window.probabilities,
            "seen": of_window.seen,
            "present": len(self.present_in.pop(start, ())),
        }

    @property
    def _here(self) -> set[int]:
        return {tile["id"] for tile in self.tiles.values() if tile["state"] in HERE}


class LiveState(TypedDict):
    session: dict
    now: float
    window_s: int
    students: list[Tile]
    mood: ClassMood
    voice: ClassVoice
    sentence: Sentence
    timeline: list[Window]
    answers: list[AnswerWindow]
    markers: list[MarkerRow]
    alerts: list[AlertRow]
    fired: list[FiredAlert]


def live_class(*, session: ClassSession, now: datetime) -> LiveClass:
    """The class as the database knows it."""
    here = set(Stay.objects.open(now).filter(attendance__session=session).values_list("attendance_id", flat=True))
    trend_of = trends(session=session, since=now - timedelta(minutes=2))
    # One who was removed from the course is no longer part of the class.
    attendances = session.attendances.filter(student__enrolments__course=session.course_id).select_related(
        "student", "latest_reading"
    )
    tiles = {
        attendance.student_id: tile_of(
            attendance, is_here=attendance.pk in here, now=now, trend=trend_of.get(attendance.student_id)
        )
        for attendance in attendances
    }
    for enrolment in session.course.enrolments.select_related("student").exclude(student_id__in=tiles):
        tiles[enrolment.student_id] = absent_tile(enrolment.student)
    voices = voices_of(session=session, now=now)
    live = LiveClass(
        tiles={pk: voices.on(tile) for pk, tile in tiles.items()},
        voices=voices,
        samples=deque(_recent_samples(session, now)),
        closed_window=last_closed_window(now.timestamp()),
        reads_faces=session.course.reads_faces,
    )
    # Whoever is here now was so in the window before too, as far as a dashboard opened this moment can know.
    live.settle(now.timestamp() - WINDOW_S)
    live.settle(now.timestamp())
    live.look(now.timestamp())
    live.glance.since |= troubled_since(session=session, students=live.glance.troubled, now=now)
    return live


def lost_students(*, session: ClassSession, now: datetime) -> set[int]:
    """Students whose connection has not been heard of for too long, though nobody saw it end."""
    stays = Stay.objects.lost(now).filter(attendance__session=session)
    return set(stays.values_list("attendance__student_id", flat=True))


def live_state(*, session: ClassSession, now: datetime) -> LiveState:
    """Everything the dashboard shows, as it is now."""
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
        "voice": live.voice(now.timestamp()),
        "sentence": live.sentence(now.timestamp()),
        "timeline": class_timeline(session=session, until=now),
        "answers": answers_by_window(session=session, until=now),
        "markers": markers_of(session=session),
        "alerts": current_alerts(session=session),
        "fired": fired_alerts(session=session),
    }


def _recent_samples(session: ClassSession, now: datetime) -> Iterable[Sample]:
    readings = Reading.objects.filter(session=session, captured_at__gt=now - timedelta(seconds=2 * WINDOW_S))
    for reading in readings.order_by("captured_at"):
        certain = None if reading.uncertain else reading.probabilities
        yield Sample(reading.student_id, reading.captured_at.timestamp(), certain)


def _is_new_reading(tile: Tile, known: Tile | None) -> bool:
    if tile["captured_at"] is None:
        return False
    return known is None or known["captured_at"] is None or tile["captured_at"] > known["captured_at"]


def _sample(tile: Tile) -> Sample:
    certain = None if tile["uncertain"] else tile["probabilities"]
    return Sample(student_id=tile["id"], at=tile["captured_at"] or 0.0, probabilities=certain)
