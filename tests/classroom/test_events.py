import pytest

from classroom import events


def test_an_event_that_cannot_be_numbered_is_no_error_for_the_sender(monkeypatch, caplog):
    def fail(*_, **__):
        raise OSError("the cache is away")

    monkeypatch.setattr("classroom.events.cache.add", fail)
    events.publish_tile(1, {})
    assert "could not be numbered" in caplog.text


def test_an_event_that_cannot_be_sent_is_no_error_for_the_sender(monkeypatch, caplog):
    class BrokenLayer:
        async def group_send(self, group, message):
            raise OSError("the layer is away")

    monkeypatch.setattr("classroom.events.get_channel_layer", BrokenLayer)
    events.publish("group", {"type": "x"})
    assert "could not be published" in caplog.text


def test_events_of_a_session_are_numbered_from_one():
    events.publish_tile(7, {})
    events.publish_tile(7, {})
    events.publish_tile(8, {})
    assert (events.latest_number(7), events.latest_number(8), events.latest_number(9)) == (2, 1, 0)


@pytest.mark.parametrize("group", [events.session_group(10**12), events.student_group(10**12, 10**12)])
def test_group_names_are_ones_the_channel_layer_takes(group):
    assert events.get_channel_layer().require_valid_group_name(group)
