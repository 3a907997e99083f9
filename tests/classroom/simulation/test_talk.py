"""Answers and raised hands in a simulated class, against the real server."""

from classroom.models import Course

SAID = "select (select count(*) from classroom_selfreport) + (select count(*) from classroom_raisedhand)"


def test_only_a_talkative_class_sends_answers(server):
    before = server.count(SAID)
    server.simulate("--students", "2", "--seconds", "1", "--join-code", "STAT2345", "--keep")
    assert server.count(SAID) == before
    figures = server.simulate("--students", "3", "--seconds", "11", "--join-code", "STAT2345", "--keep", "--talkative")
    assert figures["errors"] == 0
    assert server.count(SAID) - before >= 3


def test_class_without_cameras_sends_only_answers(server):
    server.call(Course.objects.create, name="Greek", join_code="SPOKEN22", simulated=True)
    before = server.count(SAID)
    figures = server.simulate("--students", "2", "--seconds", "11", "--join-code", "SPOKEN22", "--keep", "--talkative")
    assert (figures["sent"], figures["errors"]) == (0, 0)
    assert server.count(SAID) - before >= 2
