import pytest

from emotions.synthetic.portraits import POSES, portrait
from emotions.synthetic.webcam import portrait_frames
from emotions.video.capture import UnusableSource


@pytest.mark.parametrize("expression", sorted(POSES))
def test_the_network_reads_what_the_portrait_shows(recogniser, expression):
    readings = [recogniser.recognise(jpeg).chosen for jpeg in portrait_frames(expression, 6)]
    assert [face is not None and face.expression for face in readings] == [expression] * 6


def test_warping_does_not_change_the_original():
    before = portrait("happy").copy()
    portrait("angry")
    assert (portrait("happy") == before).all()


def test_an_expression_without_a_pose_is_refused():
    with pytest.raises(UnusableSource, match=r"'fear'.*happy"):
        next(portrait_frames("fear", 1))
