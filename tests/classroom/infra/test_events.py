import asyncio
import time

import pytest
from channels.layers import BaseChannelLayer
from django.core.cache import cache

from classroom.infra import events


def test_an_event_that_cannot_be_numbered_is_no_error_for_the_sender(monkeypatch, caplog):
    def fail(*_, **__):
        raise OSError("the cache is away")

    monkeypatch.setattr(events, "_next_number", fail)
    events.publish_tiles(1, [])
    assert "could not be numbered" in caplog.text


def test_an_event_that_cannot_be_sent_is_no_error_for_the_sender(monkeypatch, caplog):
    class BrokenLayer:
        async def group_send(self, group, message):
            raise OSError("the layer is away")

    monkeypatch.setattr("classroom.infra.events.get_channel_layer", BrokenLayer)
    events.publish("group", {"type": "x"})
    assert "could not be published" in caplog.text


def test_events_are_numbered_for_each_session():
    before = [events.latest_number(session) for session in (7, 8, 9)]
    events.publish_tiles(7, [])
    events.publish_tiles(7, [])
    events.publish_tiles(8, [])
    assert [events.latest_number(session) for session in (7, 8, 9)] == [before[0] + 2, before[1] + 1, before[2]]


def test_numbers_go_on_rising_where_the_cache_has_lost_the_last():
    for _ in range(3):
        events.publish_tiles(7, [])
    last = events.latest_number(7)
    time.sleep(0.01)  # the clock gives the numbers, a millisecond each
    cache.clear()
    events.publish_tiles(7, [])
    assert events.latest_number(7) > last + 1


def test_a_worker_publishes_through_a_loop_of_its_own():
    events.start_publishing_loop()
    loop, layer = events._server_loop, events.get_channel_layer()
    channel = asyncio.run_coroutine_threadsafe(layer.new_channel(), loop).result(5)
    events.send([(channel, {"type": "x"})])
    assert asyncio.run_coroutine_threadsafe(layer.receive(channel), loop).result(5) == {"type": "x"}
    loop.call_soon_threadsafe(loop.stop)


@pytest.mark.parametrize("group", [events.session_group(10**12), events.student_group(10**12, 10**12)])
def test_group_names_are_ones_the_channel_layer_takes(group):
    assert BaseChannelLayer().require_valid_group_name(group)
