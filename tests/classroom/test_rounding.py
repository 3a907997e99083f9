"""The figures in rounding.json are those of both languages: tests/js/lib/rounding.test.js reads them, too."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from classroom.models import ClassSession
from classroom.rounding import rounded_minutes, rounded_share, shown_minutes, whole_count, whole_minutes, whole_percent
from classroom.templatetags.formatting import class_length
from tests.factories import NOW

FIGURES = json.loads(Path(__file__).with_name("rounding.json").read_text())


@pytest.mark.parametrize("figure", FIGURES["shares"], ids=lambda figure: str(figure["share"]))
def test_share_is_rounded_half_up_the_same_on_pages_and_in_exports(figure):
    assert rounded_share(figure["share"]) == figure["exported"]
    assert whole_percent(figure["share"]) == whole_percent(figure["exported"]) == figure["percent"]


@pytest.mark.parametrize("figure", FIGURES["minutes"], ids=lambda figure: f"{figure['seconds']} s")
def test_time_in_class_is_rounded_half_up_the_same_on_pages_and_in_exports(figure):
    minutes = figure["seconds"] / 60
    assert rounded_minutes(minutes) == figure["exported"]
    assert whole_minutes(minutes) == whole_minutes(figure["exported"]) == figure["whole"]
    assert shown_minutes(minutes) == figure["shown"]


@pytest.mark.parametrize("figure", FIGURES["counts"], ids=lambda figure: str(figure["mean"]))
def test_mean_number_of_students_is_rounded_half_up(figure):
    assert whole_count(figure["mean"]) == figure["whole"]


def test_unknown_figure_stays_unknown():
    assert (rounded_share(None), rounded_minutes(None)) == (None, None)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a minute"),
        (26, "less than a minute"),
        (27, "1 minute"),
        (267, "5 minutes"),
        (266, "4 minutes"),
        (3570, "1 hour"),
        (3900, "1 hour, 5 minutes"),
    ],
)
def test_length_of_a_class_is_rounded_like_its_students_minutes(seconds, text):
    session = ClassSession(started_at=NOW, ended_at=NOW + timedelta(seconds=seconds))
    assert class_length(session).replace("\xa0", " ") == text
