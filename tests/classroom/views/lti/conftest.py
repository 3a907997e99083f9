from tests.lti_fixtures import *  # noqa: F403
