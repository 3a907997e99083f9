from classroom.consumers.update_flow import UpdateFlow


def test_small_updates_go_out_twenty_times_a_second_and_large_ones_less_often():
    flow = UpdateFlow()
    assert [flow.rest_s(spent) for spent in (0.0, 0.001, 0.01, 0.5)] == [0.05, 0.05, 0.2, 1.0]


async def test_before_the_first_update_nothing_is_held():
    flow = UpdateFlow()
    await flow.wait_for_confirmation()
    assert flow.held_in_a_row == 0


async def test_a_confirmed_update_lets_the_next_go():
    flow = UpdateFlow()
    flow.confirm(flow.next_number())
    await flow.wait_for_confirmation()
    assert flow.held_in_a_row == 0


async def test_an_older_number_confirms_nothing(monkeypatch):
    monkeypatch.setattr("classroom.consumers.update_flow.HOLD_UNCONFIRMED_S", 0.01)
    flow = UpdateFlow()
    older = flow.next_number()
    flow.next_number()
    flow.confirm(older)
    assert await flow.wait_for_confirmation() >= 0.01
    assert flow.held_in_a_row == 1


async def test_a_page_that_stops_confirming_is_held_longer_and_longer(monkeypatch):
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


async def test_a_page_that_reads_again_is_trusted_again(monkeypatch):
    monkeypatch.setattr("classroom.consumers.update_flow.HOLD_S", 0.001)
    flow = UpdateFlow()
    flow.confirm(flow.next_number())
    latest = flow.next_number()
    await flow.wait_for_confirmation()
    await flow.wait_for_confirmation()
    flow.confirm(latest)
    flow.next_number()
    assert flow.hold_s() == 0.001


def test_a_page_that_never_confirms_gets_an_update_a_second():
    flow = UpdateFlow()
    flow.next_number()
    assert flow.hold_s() == 1.0
