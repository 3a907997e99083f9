from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Scope
from accounts.requests import SignedInApiRequest
from classroom.api.v1.fields import IdFilter, Moment, MomentFilter, Output, Text, YesNoFilter
from classroom.api.v1.problems import Conflict
from classroom.api.v1.resources import ListResource, Resource
from classroom.domain.permissions import sessions_visible_to
from classroom.domain.sessions import CourseIsArchived, SessionAlreadyRunning, end_session, start_session
from classroom.models import ClassSession
from classroom.views.access import course_for_teacher, session_for_teacher


class SessionSerializer(Output, serializers.ModelSerializer):
    course = serializers.IntegerField(source="course_id")
    started_at = Moment()
    ended_at = Moment(allow_null=True, help_text="Null while the class runs.")

    class Meta:
        model = ClassSession
        fields = ("id", "course", "topic", "started_at", "ended_at", "closed_itself")


class NewSessionSerializer(serializers.ModelSerializer):
    topic = Text(
        max_length=200, required=False, allow_blank=True, default="", help_text="Without one, the day names the class."
    )

    class Meta:
        model = ClassSession
        fields = ("topic",)


class SessionFilters(filters.FilterSet):
    course = IdFilter("course_id")
    running = YesNoFilter("ended_at", lookup_expr="isnull")
    started_after = MomentFilter("started_at", lookup_expr="gte")
    started_before = MomentFilter("started_at", lookup_expr="lt")


class SessionList(ListResource):
    """The classes, newest first, of courses that you teach or assist in; of courses that you attend; and those that you
    attended in courses that you have left."""

    scopes = {"GET": (Scope.COURSES_READ,)}
    queryset = ClassSession.objects.none()
    serializer_class = SessionSerializer
    filterset_class = SessionFilters
    ordering = ("-started_at", "-pk")

    @extend_schema(operation_id="list_sessions", tags=["sessions"])
    def get(self, request: SignedInApiRequest) -> Response:
        return self.page(request, sessions_visible_to(request.user))


class CourseSessions(Resource):
    scopes = {"POST": (Scope.SESSIONS_WRITE,)}
    serializer_class = NewSessionSerializer

    @extend_schema(operation_id="start_session", tags=["sessions"], responses={201: SessionSerializer})
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Start a class, as a teacher of the course. 409 while another class of the course runs, or if the course is
        archived."""
        course = course_for_teacher(request.user, pk)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            session = start_session(course=course, topic=serializer.validated_data["topic"], now=timezone.now())
        except SessionAlreadyRunning as error:
            raise Conflict(f"Session {error.session.pk} of this course is still running.") from error
        except CourseIsArchived as error:
            raise Conflict("This course is archived.") from error
        return Response(SessionSerializer(session).data, status=status.HTTP_201_CREATED)


class SessionDetail(Resource):
    scopes = {"GET": (Scope.COURSES_READ,)}
    serializer_class = SessionSerializer

    @extend_schema(operation_id="get_session", tags=["sessions"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One class."""
        return Response(self.get_serializer(get_object_or_404(sessions_visible_to(request.user), pk=pk)).data)


class SessionEnd(Resource):
    scopes = {"POST": (Scope.SESSIONS_WRITE,)}
    serializer_class = SessionSerializer

    @extend_schema(operation_id="end_session", tags=["sessions"], request=None, responses=SessionSerializer)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """End a class, as a teacher of its course. 409 if it has ended already."""
        session = session_for_teacher(request.user, pk)
        if not end_session(session=session, now=timezone.now()):
            raise Conflict("This class has ended already.")
        session.refresh_from_db()
        return Response(self.get_serializer(session).data)
