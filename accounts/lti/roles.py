"""Roles of the platform as roles in a course.

A person with the role of a teaching assistant assists, although platforms send Instructor along with it.
"""

from collections.abc import Iterable
from typing import Any

CONTEXT_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
ASSISTANT_ROLE = f"{CONTEXT_ROLE}/Instructor#TeachingAssistant"
# The full names, and the short ones that the specification still allows.
ROLES = {
    "teacher": {f"{CONTEXT_ROLE}#Instructor", "Instructor"},
    "student": {f"{CONTEXT_ROLE}#Learner", "Learner"},
}


def course_role(roles: Any) -> str:
    """Return "teacher", "assistant" or "student", or nothing: roles in the institution say nothing about a course."""
    found = set(_texts(roles))
    if ASSISTANT_ROLE in found:
        return "assistant"
    return next((role for role, names in ROLES.items() if names & found), "")


def _texts(roles: Any) -> Iterable[str]:
    return (role for role in roles if isinstance(role, str)) if isinstance(roles, list) else ()
