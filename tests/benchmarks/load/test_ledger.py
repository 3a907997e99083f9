from benchmarks.load.ledger import Ledger, percentiles


def test_snapshots_that_are_not_analysed_are_shed():
    ledger = Ledger(sent=20, analysed=15)
    ledger.dropped.update(["stale", "stale"])
    ledger.refused.update(["too_large"])
    figures = ledger.as_dict(seconds=10.0)
    assert figures["dropped"] == {"stale": 2}
    assert (figures["shed"], figures["unanswered"]) == (5, 2)
    assert (figures["sent_per_s"], figures["analysed_per_s"], figures["shed_ratio"]) == (2.0, 1.5, 0.25)


def test_step_without_snapshots_has_no_latency():
    figures = Ledger().as_dict(seconds=10.0)
    assert figures["latency_ms"] == {"p50": None, "p95": None, "p99": None}
    assert figures["interval_ms"] == {"min": None, "p50": None, "max": None}
    assert figures["shed_ratio"] == 0.0


def test_percentiles_are_values_that_occurred():
    assert percentiles([*range(1, 201)]) == {"p50": 100, "p95": 190, "p99": 198}
    assert percentiles([7.04]) == {"p50": 7.0, "p95": 7.0, "p99": 7.0}
