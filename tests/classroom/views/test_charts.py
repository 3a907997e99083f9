from classroom.views.charts import GAP, HEIGHT, MIN_SLOTS, WIDTH, bar_chart


def chart(values, maximum=1.0):
    return bar_chart(label="Readable snapshots", top="100 %", maximum=maximum, values=values)


def test_a_bar_is_as_high_as_its_share_of_the_most():
    [bar] = chart([("A", 15.0)], maximum=30).bars
    assert (bar.y, bar.height, bar.title) == (HEIGHT / 2, HEIGHT / 2, "A")


def test_bars_stand_side_by_side_and_fill_the_width():
    bars = chart([(str(number), 0.5) for number in range(20)]).bars
    assert [bar.x for bar in bars] == [number * WIDTH / 20 for number in range(20)]
    assert bars[-1].x + bars[-1].width + GAP == WIDTH


def test_one_bar_is_no_wall():
    [bar] = chart([("A", 1.0)]).bars
    assert bar.width == WIDTH / MIN_SLOTS - GAP


def test_what_is_not_known_is_a_mark_and_nought_is_nothing():
    made = chart([("A", None), ("B", 0.0), ("C", 0.5)])
    assert [bar.title for bar in made.bars] == ["C"]
    assert made.missing == [WIDTH / MIN_SLOTS / 2 - GAP / 2]


def test_no_session_is_an_empty_chart():
    assert (chart([]).bars, chart([]).missing) == ([], [])
