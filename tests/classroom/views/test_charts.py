from classroom.views.charts import GAP, HEIGHT, MIN_SLOTS, WIDTH, bar_chart


def chart(values, maximum=1.0):
    return bar_chart(label="Readable snapshots", top="100 %", maximum=maximum, values=values)


def test_bar_height_is_proportional_to_the_maximum():
    [bar] = chart([("A", 15.0)], maximum=30).bars
    assert (bar.y, bar.height, bar.title) == (HEIGHT / 2, HEIGHT / 2, "A")


def test_bars_fill_the_width():
    bars = chart([(str(number), 0.5) for number in range(20)]).bars
    assert [bar.x for bar in bars] == [number * WIDTH / 20 for number in range(20)]
    assert bars[-1].x + bars[-1].width + GAP == WIDTH


def test_single_bar_stays_narrow():
    [bar] = chart([("A", 1.0)]).bars
    assert bar.width == WIDTH / MIN_SLOTS - GAP


def test_unknown_value_is_a_dot_and_zero_has_no_bar():
    made = chart([("A", None), ("B", 0.0), ("C", 0.5)])
    assert [bar.title for bar in made.bars] == ["C"]
    assert made.missing == [WIDTH / MIN_SLOTS / 2 - GAP / 2]


def test_chart_without_values_is_empty():
    assert (chart([]).bars, chart([]).missing) == ([], [])
