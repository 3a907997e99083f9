from benchmarks.student_page_memory import Memory, Sample, read_status, row

STATUS = """Name:\tchromium
VmPeak:\t 2000000 kB
RssAnon:\t  125000 kB
RssFile:\t   90000 kB
RssShmem:\t   50000 kB
VmSwap:\t    3125 kB
Threads:\t20
"""


def test_footprint_is_anonymous_memory_in_ram_and_swapped_out():
    assert read_status(STATUS) == Sample(footprint=131.2, shared=51.2)


def test_row_shows_megabytes():
    memory = Memory("faces", before=41.4, median=99.5, most=120.0, wasm=17.6, javascript=5.2, shared=130.0)
    assert row(memory) == "| faces | 41 | 100 | 120 | 18 | 5 | 130 |"
