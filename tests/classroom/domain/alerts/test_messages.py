"""Reasons in each language, from the figures as they are stored."""

import pytest
from django.utils import translation

from classroom.domain.alerts.messages import reason
from classroom.models import Alert, AlertKind

FIGURES = {
    AlertKind.STUDENT_NEGATIVE: {"seconds": 60, "matching": 18, "snapshots": 20, "expressions": ["sad", "fear"]},
    AlertKind.STUDENT_AWAY: {"seconds": 60, "matching": 19, "snapshots": 20},
    AlertKind.CLASS_NEGATIVE: {"negative": 1, "seen": 4},
    AlertKind.PRESENCE_LOW: {"present": 3, "peak": 8},
}
ENGLISH = {
    AlertKind.STUDENT_NEGATIVE: "Looks sad or fearful in 18 of 20 readings over 60 s.",
    AlertKind.STUDENT_AWAY: "Camera on, but no face in 19 of 20 readings over 60 s.",
    AlertKind.CLASS_NEGATIVE: "1 of 4 readable faces looks mostly sad, angry, fearful or disgusted.",
    AlertKind.PRESENCE_LOW: "Only 3 students are still here (there were 8).",
}
HINDI = {
    AlertKind.STUDENT_NEGATIVE: "60 सेकंड की 20 में से 18 रीडिंग में यह भाव: उदासी या डर।",
    AlertKind.STUDENT_AWAY: "कैमरा चालू है, पर 60 सेकंड की 20 में से 19 रीडिंग में चेहरा नहीं दिखा।",
    AlertKind.CLASS_NEGATIVE: "पढ़ने लायक 4 चेहरों में से 1 पर ज़्यादातर उदासी, गुस्सा, डर या घृणा दिखती है।",
    AlertKind.PRESENCE_LOW: "अब केवल 3 विद्यार्थी उपस्थित हैं (8 थे)।",
}


@pytest.mark.parametrize(("language", "sentences"), [("en", ENGLISH), ("hi", HINDI)])
@pytest.mark.parametrize("kind", AlertKind)
def test_reason_gives_its_figures_in_each_language(language, sentences, kind):
    with translation.override(language):
        assert reason(Alert(kind=kind, figures=FIGURES[kind])) == sentences[kind]


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Everyone has left (there were 8)."), ("hi", "सब जा चुके हैं (8 थे)।")]
)
def test_reason_of_an_empty_class(language, sentence):
    with translation.override(language):
        assert reason(Alert(kind=AlertKind.PRESENCE_LOW, figures={"present": 0, "peak": 8})) == sentence
