"""Personal data in the tables of LTI, which connect courses with learning platforms."""

from django.utils.translation import gettext_lazy as _

from classroom.domain.personal_data.account_models import FOR_SIGNING_IN
from classroom.domain.personal_data.declarations import Data, Declaration, Erased, Kept

LTI_ACCOUNT = Data(
    section="lti_accounts",
    person=("user",),
    fields=("organisation", "issuer", "subject", "linked_at", "began_account"),
    what=_("Who you are on learning platforms that open courses here: which platform, and your number there."),
    why=FOR_SIGNING_IN,
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
)
REGISTRATION_FIELDS = (
    *("name", "uuid", "issuer", "client_id", "audience", "auth_url", "token_url", "keyset_url", "is_active"),
    *("public_key", "private_key"),
)
DEPLOYMENT_FIELDS = (
    *("registration", "deployment_id", "is_active", "platform_instance", "pns_url"),
    *("supports_context_copy_notice", "supports_asset_processor_submission_notice"),
)
CONTEXT_FIELDS = (
    *("deployment", "id_on_platform", "lti1p1_id_on_platform", "label", "title", "members", "memberships_url"),
    *("is_course_template", "is_course_offering", "is_course_section", "is_group", "lineitems_url"),
    *("can_query_lineitems", "can_manage_lineitems", "can_publish_scores", "can_access_results"),
)
DATES = ("datetime_created", "datetime_modified")
EMPTY = Data(
    person=("auth_user",),
    fields=("sub", "lti1p1_id_on_platform", "given_name", "family_name", "name", "email", "picture_url", "auth_user"),
    what=_("A second table about who you are on learning platforms, which stays empty."),
    why=FOR_SIGNING_IN,
    kept=Kept.ACCOUNT,
    erased=Erased.UNLINKED,
    withheld="Empty: LtiAccount has what is stored.",
)

DECLARATIONS = (
    Declaration("accounts.LtiAccount", (LTI_ACCOUNT,)),
    Declaration("accounts.LtiPlatform", impersonal=("registration", "organisation")),
    Declaration("classroom.LtiCourse", impersonal=("context", "course", "linked_at")),
    Declaration("lti_tool.Key", impersonal=("public_key", "private_key", "is_active", *DATES)),
    Declaration("lti_tool.LtiRegistration", impersonal=(*REGISTRATION_FIELDS, *DATES)),
    Declaration("lti_tool.LtiDeployment", impersonal=(*DEPLOYMENT_FIELDS, *DATES)),
    Declaration("lti_tool.LtiContext", impersonal=(*CONTEXT_FIELDS, *DATES)),
    # Empty: a launch stores which user its person is, and nothing else about them.
    Declaration("lti_tool.LtiUser", (EMPTY,), impersonal=("registration", *DATES)),
    Declaration(
        "lti_tool.LtiPlatformInstance",
        impersonal=(
            *("issuer", "guid", "lti1p1_id_on_platform", "contact_email", "description", "name", "url"),
            *("product_family_code", "version"),
        ),
    ),
    Declaration(
        "lti_tool.LtiMembership",
        impersonal=(
            *("user", "context", "is_administrator", "is_content_developer", "is_instructor", "is_learner"),
            *("is_mentor", "is_active", *DATES),
        ),
    ),
    Declaration(
        "lti_tool.LtiResourceLink",
        impersonal=("context", "id_on_platform", "lti1p1_id_on_platform", "title", "description", *DATES),
    ),
    Declaration(
        "lti_tool.LtiLineItem",
        impersonal=(
            *("context", "url", "maximum_score", "label", "tag", "resource_id", "resource_link"),
            *("start_datetime", "end_datetime"),
        ),
    ),
)
