from classroom.simulation.stats import ClassStats


def test_latency_runs_from_sending_to_the_teacher():
    stats = ClassStats()
    stats.record_sent(7, 1)
    stats.record_shown(7, 1)
    stats.record_shown(7, 1)
    assert len(stats.latencies_ms) == 1


def test_tile_without_a_sent_snapshot_has_no_latency():
    stats = ClassStats()
    stats.record_shown(7, None)
    assert stats.as_dict()["latency_ms"] == {"p50": None, "p95": None, "p99": None}


def test_percentiles_are_rounded_to_a_tenth():
    stats = ClassStats(latencies_ms=[float(each) for each in range(1, 101)])
    assert stats.as_dict()["latency_ms"] == {"p50": 50.5, "p95": 95.0, "p99": 99.0}
    assert "median 50.5 ms, 95 % within 95.0 ms, 99 % within 99.0 ms" in stats.summary()


def test_results_count_faces():
    stats = ClassStats()
    for faces in (0, 1, 2):
        stats.record_result(7, {"faces": faces})
    assert (stats.analysed, stats.faces_found) == (3, 2)


def test_summary_of_a_class_without_cameras_names_no_latency():
    assert ClassStats().summary() == (
        "0 snapshots sent, 0 analysed, 0 dropped, 0 with a face, 0 errors.\nNo reading was shown to the teacher."
    )
