import os

import pytest

from tests.faults.distributed import NoServices, running_distributed
from tests.faults.lesson import Lesson

STUDENTS = 3


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    try:
        yield from running_distributed(tmp_path_factory.mktemp("distributed"))
    except NoServices as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def running_lesson(product, portrait):
    lesson = Lesson(product.url, STUDENTS, [portrait])
    lesson.begin()
    yield lesson
    lesson.end()


@pytest.fixture
def lesson(running_lesson):
    """A class that has recovered from an earlier fault: a reading that waits for Postgres is lost with Redis."""
    running_lesson.recovers()
    return running_lesson
