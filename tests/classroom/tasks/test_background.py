"""The thread that runs a process's background jobs."""

import threading

from classroom.tasks import background


def running_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "background"]


def test_stop_ends_the_thread_and_another_may_start():
    for _ in range(2):
        background.start_in_web_process()
        background.start_in_web_process()  # one thread is enough
        assert len(running_threads()) == 1
        background.stop()
        assert running_threads() == []


def test_stop_without_a_thread_does_nothing():
    background.stop()
    assert running_threads() == []
