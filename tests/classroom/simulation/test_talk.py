"""Answers and raised hands in a simulated class, against the real server."""

SAID = "select (select count(*) from classroom_selfreport) + (select count(*) from classroom_raisedhand)"


def test_only_a_talkative_class_sends_answers(server):
    before = server.count(SAID)
    server.simulate("--students", "2", "--seconds", "1", "--join-code", "STAT2345", "--keep")
    assert server.count(SAID) == before
    figures = server.simulate("--students", "3", "--seconds", "11", "--join-code", "STAT2345", "--keep", "--talkative")
    assert figures["errors"] == 0
    assert server.count(SAID) - before >= 3


def test_class_without_cameras_sends_only_answers(server):
    course = (
        "from classroom.models import Course; "
        "about = {'name': 'Greek', 'simulated': True}; "
        "Course.objects.get_or_create(join_code='SPOKEN22', defaults=about)"
    )
    assert server.manage("shell", "-c", course).returncode == 0
    before = server.count(SAID)
    figures = server.simulate("--students", "2", "--seconds", "11", "--join-code", "SPOKEN22", "--keep", "--talkative")
    assert (figures["sent"], figures["errors"]) == (0, 0)
    assert server.count(SAID) - before >= 2
