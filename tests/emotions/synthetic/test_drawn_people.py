from collections import Counter

import numpy as np
import pytest

from emotions.images import decode_jpeg
from emotions.synthetic.drawn_people import PEOPLE, POSES, drawn_person, empty_room
from emotions.synthetic.webcam import ABSENT, WEBCAM_SIZE, drawn_frames
from emotions.video.capture import UnusableSource


@pytest.mark.slow
@pytest.mark.parametrize("expression", POSES)
def test_network_reads_what_each_drawn_person_shows(recogniser, expression):
    jpegs = [jpeg for number in range(len(PEOPLE)) for jpeg in drawn_frames(number, expression, 3)]
    read = recogniser.recognise_frames([decode_jpeg(jpeg) for jpeg in jpegs])
    certain = Counter(
        face.chosen.expression if face.chosen and not face.chosen.uncertain else "uncertain" for face in read
    )
    assert certain == {expression: 3 * len(PEOPLE)}


def test_no_face_is_found_in_an_empty_room(recogniser):
    jpegs = [jpeg for number in range(len(PEOPLE)) for jpeg in drawn_frames(number, ABSENT, 1)]
    assert [found.faces for found in recogniser.recognise_frames([decode_jpeg(jpeg) for jpeg in jpegs])] == [()] * 12


def test_people_differ_and_look_the_same_each_time():
    people = [drawn_person(number, "neutral") for number in range(len(PEOPLE))]
    assert len({picture.tobytes() for picture in people}) == len(PEOPLE)
    drawn_person.cache_clear()
    np.testing.assert_array_equal(drawn_person(3, "neutral"), people[3])
    np.testing.assert_array_equal(drawn_person(3 + len(PEOPLE), "neutral"), people[3])


def test_drawings_have_the_size_of_a_webcam_s_frame():
    width, height = WEBCAM_SIZE
    assert drawn_person(0, "happy").shape == empty_room(0).shape == (height, width, 3)


def test_unknown_expression_is_refused():
    with pytest.raises(UnusableSource, match=r"'bored'.*happy.*absent"):
        next(drawn_frames(0, "bored", 1))
