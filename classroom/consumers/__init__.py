from classroom.consumers.student import StudentConsumer
from classroom.consumers.teacher import TeacherConsumer

__all__ = ["StudentConsumer", "TeacherConsumer"]
