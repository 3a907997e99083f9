from classroom.consumers.update_flow import UpdateFlow


def test_rest_is_a_twentieth_of_a_second_and_longer_after_large_updates():
    flow = UpdateFlow()
    assert [flow.rest_s(spent) for spent in (0.0, 0.001, 0.01, 0.5)] == [0.05, 0.05, 0.2, 1.0]


async def test_first_update_is_not_held():
    flow = UpdateFlow()
    await flow.wait_for_confirmation()
    assert flow.held_in_a_row == 0


async def test_confirmed_update_releases_the_next():
    flow = UpdateFlow()
    flow.confirm(flow.next_number())
    await flow.wait_for_confirmation()
    assert flow.held_in_a_row == 0


async def test_older_number_confirms_nothing(monkeypatch):
    monkeypatch.setattr("classroom.consumers.update_flow.HOLD_UNCONFIRMED_S", 0.01)
    flow = UpdateFlow()
    older = flow.next_number()
    flow.next_number()
    flow.confirm(older)
    assert await flow.wait_for_confirmation() >= 0.01
    assert flow.held_in_a_row == 1


async def test_hold_grows_while_the_page_stops_confirming(monkeypatch):
    monkeypatch.setattr("classroom.consumers.update_flow.HOLD_S", 0.001)
    monkeypatch.setattr("classroom.consumers.update_flow.LONGEST_HOLD_S", 0.005)
    flow = UpdateFlow()
    flow.confirm(flow.next_number())
    flow.next_number()
    held = []
    for _ in range(4):
        held.append(flow.hold_s())
        await flow.wait_for_confirmation()
    assert held == [0.001, 0.002, 0.004, 0.005]


async def test_hold_is_short_again_after_a_confirmation(monkeypatch):
    monkeypatch.setattr("classroom.consumers.update_flow.HOLD_S", 0.001)
    flow = UpdateFlow()
    flow.confirm(flow.next_number())
    latest = flow.next_number()
    await flow.wait_for_confirmation()
    await flow.wait_for_confirmation()
    flow.confirm(latest)
    flow.next_number()
    assert flow.hold_s() == 0.001


def test_page_that_never_confirms_gets_an_update_a_second():
    flow = UpdateFlow()
    flow.next_number()
    assert flow.hold_s() == 1.0
