"""Administrators manage courses, their staff and enrolments. They do not see readings."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import UserAdmin
from accounts.admin.deletion import CheckedSelectionMixin, CountedDeletionMixin
from accounts.admin.organisations import SeveralOrganisationsMixin
from accounts.forms import ComposedCharField, WithinOrganisationMixin
from accounts.models import User
from classroom.domain.courses.joining import change_join_code
from classroom.domain.courses.membership import readmit_students
from classroom.domain.people.deletion import StillNeeded, delete_account, require_not_needed, why_still_needed
from classroom.domain.permissions import may_have_role
from classroom.models import Course, CourseConsent, Enrolment, Removal

admin.site.unregister(User)
BARRED = _("These accounts cannot join this course: %(names)s")


class PersonChangeForm(WithinOrganisationMixin, UserChangeForm):
    """Refuses changes that would leave a course without a teacher or the site without an administrator, or lock the
    administrator out, as the product's pages do."""

    administrator: User

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in {"is_active", "role"} & set(self.changed_data) & set(cleaned):
            if name == "is_active" and cleaned[name]:
                continue
            is_role_without_courses = User.Role.ADMINISTRATOR in (self.initial.get("role"), cleaned[name])
            if self.instance.pk == self.administrator.pk:
                self.add_error(name, _("Another administrator has to do this."))
            elif name == "is_active" or is_role_without_courses:
                try:
                    require_not_needed(self.instance, None)
                except StillNeeded as needed:
                    self.add_error(name, _("Others depend on the account: %(what)s") % {"what": needed})
        return cleaned


@admin.register(User)
class PersonAdmin(SeveralOrganisationsMixin, UserAdmin):
    form = PersonChangeForm

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> type[forms.ModelForm]:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.administrator = request.user
        return form

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        deleted, counts, permissions, protected = super().get_deleted_objects(objs, request)
        leaving = [user.pk for user in objs]
        for user in objs:
            if user.pk == request.user.pk:
                protected.append(str(_("your own account, which you delete on its page")))
            elif needed := why_still_needed(user, also_leaving=leaving):
                protected.append(f"{user}: {needed}")
        return deleted, counts, permissions, protected

    def delete_model(self, request: Any, obj: User) -> None:
        delete_account(obj, now=timezone.now())

    def delete_queryset(self, request: Any, queryset: Any) -> None:
        with transaction.atomic():
            for user in queryset:
                delete_account(user, now=timezone.now())


class CourseForm(WithinOrganisationMixin, forms.ModelForm):
    """Keeps each person to one role in the course, and the course with a teacher."""

    class Meta:
        model = Course
        fields = "__all__"  # noqa: DJ007  # the admin chooses them
        field_classes = {"name": ComposedCharField}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        teachers, assistants = set(cleaned.get("teachers") or ()), set(cleaned.get("assistants") or ())
        if both := teachers & assistants:
            text = gettext("Already teachers of this course: %(names)s")
            self.add_error("assistants", text % {"names": _names(both)})
        if (term := cleaned.get("term")) and term.organisation_id != self.instance.organisation_id:
            self.add_error("term", gettext("This term belongs to another organisation."))
        if barred := {each for each in teachers | assistants if not may_have_role(each, self.instance)}:
            self.add_error(None, BARRED % {"names": _names(barred)})
        had_teachers = self.instance.pk and self.instance.teachers.exists()
        if had_teachers and not any(each.is_active for each in teachers) and "teachers" not in self.errors:
            self.add_error("teachers", gettext("A course needs a teacher who can sign in."))
        return cleaned


class EnrolmentFormSet(forms.BaseInlineFormSet):
    """Refuses accounts that cannot enrol, and students whom the same form makes staff of the course."""

    def clean(self) -> None:
        super().clean()
        course: Course = self.instance
        kept = [form for form in self.forms if form not in self.deleted_forms]
        students = {student for form in kept if (student := form.cleaned_data.get("student")) is not None}
        data = self.data if isinstance(self.data, QueryDict) else QueryDict()  # an empty request has a dict
        staff = {*data.getlist("teachers"), *data.getlist("assistants")}
        if both := {each for each in students if str(each.pk) in staff}:
            text = gettext("Already teachers or assistants of this course: %(names)s")
            raise ValidationError(text % {"names": _names(both)})
        if barred := {each for each in students if not may_have_role(each, course)}:
            raise ValidationError(BARRED % {"names": _names(barred)})


def _names(people: set[User]) -> str:
    return ", ".join(sorted(each.display_name for each in people))


class EnrolmentInline(admin.TabularInline):
    model = Enrolment
    formset = EnrolmentFormSet
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
class CourseAdmin(SeveralOrganisationsMixin, CountedDeletionMixin, admin.ModelAdmin):
    list_display = ["name", "join_code", "teacher_names", "mode", "created_at"]
    list_filter = ["mode", "simulated"]
    form = CourseForm
    search_fields = ["name", "join_code", "teachers__name"]
    # A list of all users would be megabytes in a large school.
    autocomplete_fields = ["teachers", "assistants"]
    readonly_fields = [
        "join_code",
        "mode",
        "camera_confirmed_by",
        "camera_confirmed_at",
        "simulated",
        "created_at",
        "accepts_joins",
        "archived_at",
    ]
    inlines = [EnrolmentInline, RemovalInline]
    actions = ["renew_join_code"]

    def save_formset(self, request, form, formset, change):
        """Lift the blocks of students who are enrolled here: a block would contradict the enrolment."""
        super().save_formset(request, form, formset, change)
        if formset.model is Enrolment:
            readmit_students(course=form.instance, students=[each.student_id for each in formset.new_objects])

    def has_delete_permission(self, request, obj=None):
        """The course's own page deletes it, in steps that do not hold up running classes."""
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("teachers")

    @admin.display(description=_("teachers"))
    def teacher_names(self, course: Course) -> str:
        return ", ".join(teacher.name for teacher in course.teachers.all())

    @admin.action(description=_("Give a new join code (the old one stops working)"))
    def renew_join_code(self, request, queryset):
        for course in queryset:
            change_join_code(course=course)


@admin.register(CourseConsent)
class CourseConsentAdmin(CheckedSelectionMixin, admin.ModelAdmin):
    list_display = ["student", "course", "text", "granted_at", "withdrawn_at"]
    list_select_related = ["student", "course", "text"]
    list_filter = ["text"]
    search_fields = ["student__name", "student__email", "course__name"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
