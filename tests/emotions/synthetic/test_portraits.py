import pytest

from emotions.synthetic.portraits import POSES, portrait
from emotions.synthetic.webcam import portrait_frames
from emotions.video.capture import UnusableSource


@pytest.mark.parametrize("expression", sorted(POSES))
def test_the_network_reads_what_the_portrait_shows(recogniser, expression):
    readings = [recogniser.recognise(jpeg).chosen for jpeg in portrait_frames(expression, 6)]
    assert [face is not None and face.expression for face in readings] == [expression] * 6


def test_bending_leaves_the_original_alone():
    before = portrait("happy").copy()
    portrait("angry")
    assert (portrait("happy") == before).all()


def test_an_expression_the_portrait_has_not_is_refused():
    with pytest.raises(UnusableSource, match=r"'fear'.*happy"):
        next(portrait_frames("fear", 1))
