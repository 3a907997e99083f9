"""Administrators manage courses, their teachers and enrolments. They do not see readings."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin_deletion import CountedDeletionMixin
from classroom.domain.courses import change_join_code
from classroom.models import Course, Enrolment, Removal


class EnrolmentInline(admin.TabularInline):
    model = Enrolment
    autocomplete_fields = ["student"]
    extra = 0


class RemovalInline(admin.TabularInline):
    """Deleting one lets the student come back with the join code."""

    model = Removal
    fields = ["student", "removed_at", "blocked"]
    readonly_fields = ["student", "removed_at", "blocked"]
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Course)
class CourseAdmin(CountedDeletionMixin, admin.ModelAdmin):
    list_display = ["name", "join_code", "teacher_names", "mode", "created_at"]
    list_filter = ["mode", "simulated"]
    search_fields = ["name", "join_code", "teachers__name"]
    filter_horizontal = ["teachers"]
    readonly_fields = ["join_code", "mode", "camera_confirmed_by", "camera_confirmed_at", "simulated", "created_at"]
    inlines = [EnrolmentInline, RemovalInline]
    actions = ["renew_join_code"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("teachers")

    @admin.display(description=_("teachers"))
    def teacher_names(self, course: Course) -> str:
        return ", ".join(teacher.name for teacher in course.teachers.all())

    @admin.action(description=_("Give a new join code (the old one stops working)"))
    def renew_join_code(self, request, queryset):
        for course in queryset:
            change_join_code(course=course)
