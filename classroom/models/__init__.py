from classroom.models.attendance import Attendance, Stay
from classroom.models.course import Course, Enrolment
from classroom.models.reading import Reading
from classroom.models.session import ClassSession

__all__ = ["Attendance", "ClassSession", "Course", "Enrolment", "Reading", "Stay"]
