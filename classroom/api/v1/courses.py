from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Scope
from accounts.requests import SignedInApiRequest
from classroom.api.v1.fields import IdFilter, Moment, Output, YesNoFilter
from classroom.api.v1.resources import ListResource, Resource
from classroom.domain.courses.listings import courses_open_to
from classroom.domain.permissions import CourseRole
from classroom.models import Course, Term


class TermSerializer(Output, serializers.ModelSerializer):
    class Meta:
        model = Term
        fields = ("id", "name", "first_day", "last_day")


class CourseSerializer(Output, serializers.ModelSerializer):
    role = serializers.SerializerMethodField(help_text="Yours in the course; null if you have none or have left it.")
    term = TermSerializer(allow_null=True)
    archived_at = Moment(allow_null=True)
    is_running = serializers.BooleanField(help_text="Whether a class is on.")
    students = serializers.SerializerMethodField(
        help_text="How many are enrolled. For its teachers, its assistants and administrators only."
    )
    sessions_held = serializers.SerializerMethodField(help_text="How many classes have ended. For the same people.")

    class Meta:
        model = Course
        fields = (
            *("id", "name", "description", "role", "term", "mode"),
            *("archived_at", "is_running", "students", "sessions_held"),
        )

    @extend_schema_field(serializers.ChoiceField([role.value for role in CourseRole], allow_null=True))
    def get_role(self, course: Course) -> str | None:
        roles = zip(("is_taught", "is_assisted", "is_attended"), CourseRole, strict=True)
        return next((role.value for flag, role in roles if getattr(course, flag)), None)

    def get_students(self, course: Course) -> int | None:
        return course.students if self._sees_counts(course) else None  # type: ignore[attr-defined]  # annotated

    def get_sessions_held(self, course: Course) -> int | None:
        return course.held if self._sees_counts(course) else None  # type: ignore[attr-defined]  # annotated

    def _sees_counts(self, course: Course) -> bool:
        is_staff = self.get_role(course) in (CourseRole.TEACHER, CourseRole.ASSISTANT)
        return is_staff or self.context["request"].user.is_administrator


class CourseFilters(filters.FilterSet):
    archived = YesNoFilter("archived_at", lookup_expr="isnull", exclude=True)
    running = YesNoFilter("is_running")
    mode = filters.ChoiceFilter(choices=Course.Mode.choices)
    term = IdFilter("term_id")


class CourseList(ListResource):
    """The courses that you teach, assist in or attend, and those that you have left after a class. Administrators see
    all courses of their school, without roles in them."""

    scopes = {"GET": (Scope.COURSES_READ,)}
    queryset = Course.objects.none()
    serializer_class = CourseSerializer
    filterset_class = CourseFilters

    @extend_schema(operation_id="list_courses", tags=["courses"])
    def get(self, request: SignedInApiRequest) -> Response:
        return self.page(request, courses_open_to(request.user))


class CourseDetail(Resource):
    scopes = {"GET": (Scope.COURSES_READ,)}
    queryset = Course.objects.none()
    serializer_class = CourseSerializer

    @extend_schema(operation_id="get_course", tags=["courses"])
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One course."""
        course = get_object_or_404(courses_open_to(request.user), pk=pk)
        return Response(self.get_serializer(course).data)
