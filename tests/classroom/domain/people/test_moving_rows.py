from accounts.models import User
from classroom.domain.people.moving_rows import SIGN_IN_APPS, unique_together_with


def test_every_table_with_a_unique_reference_to_a_user_is_known_here():
    """If both accounts have such a row, the merged one's is dropped. Check whether that loses anything from a new table
    and, if so, let merge_accounts move or join its rows first."""
    columns = [
        relation.field
        for relation in User._meta.get_fields(include_hidden=True)
        if relation.auto_created and relation.is_relation and not relation.many_to_many
    ]
    unique = {f"{each.model._meta.label}.{each.name}" for each in columns if unique_together_with(each)}
    kept_once = {
        "accounts.User_groups.user",
        "accounts.User_user_permissions.user",
        "classroom.Alert.student",
        "classroom.Attendance.student",
        "classroom.CourseConsent.student",
        "classroom.Course_assistants.user",
        "classroom.Course_teachers.user",
        "classroom.Enrolment.student",
        "classroom.GuardianConsent.student",
        "classroom.JoinRequest.student",
        "classroom.RaisedHand.student",
        "classroom.Reading.student",
        "classroom.Removal.student",
        "classroom.SimulatedClass_new_students.user",
        "classroom.SimulatedClass_returned_students.user",
        "classroom.StudentMinute.student",
    }
    assert {label for label in unique if label.partition(".")[0] not in SIGN_IN_APPS} == kept_once
