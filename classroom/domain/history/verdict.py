"""The first sentences of a report: who came, how much could be read, and what stood out, in one or two sentences."""

from collections.abc import Sequence

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classroom.domain.history.comparison import SessionRow
from classroom.domain.history.highlights import Highlight
from classroom.domain.history.summaries import SessionSummary
from classroom.rounding import whole_percent

# Below this share of the students who attended, or of the snapshots, the verdict warns that expressions say little.
RELIABLE_FROM = 0.5


def verdict(*, row: SessionRow, highlights: Sequence[Highlight], reads_faces: bool) -> list[str]:
    """Return the sentences, in the active language. `reads_faces`: whether the session could have readings."""
    if not row.summary.attended:
        return [_attendance(row)]
    clauses = [_coverage(row.summary)] if reads_faces else []
    strongest = max(highlights, key=lambda each: each.weight, default=None)
    clauses.append(_moment(strongest) if strongest else _("no moment stood out"))
    findings = "; ".join(clauses)
    return [_attendance(row), _("%(sentence)s.") % {"sentence": findings[0].upper() + findings[1:]}]


def _attendance(row: SessionRow) -> str:
    attended, enrolled = row.summary.attended, row.summary.enrolled
    if not enrolled:
        return _("Nobody joined this class.")
    if not attended:
        nobody = ngettext("The only student did not come.", "None of the %(n)d students came.", enrolled)
        return nobody % {"n": enrolled}
    if attended == enrolled:
        came = ngettext("The only student came", "All %(n)d students came", enrolled) % {"n": enrolled}
    else:
        came = _("%(attended)d of %(n)d students came") % {"attended": attended, "n": enrolled}
    late, early = len(row.late), len(row.left_early)
    if late and early:
        return _("%(came)s; %(late)d arrived late and %(early)d left early.") % {
            "came": came,
            "late": late,
            "early": early,
        }
    if late:
        return _("%(came)s; %(late)d arrived late.") % {"came": came, "late": late}
    if early:
        return _("%(came)s; %(early)d left early.") % {"came": came, "early": early}
    return _("%(came)s.") % {"came": came}


def _coverage(summary: SessionSummary) -> str:
    if summary.is_anonymous:
        if not summary.published:
            return _("five students were never readable together for a whole minute, so no expressions are shown")
        text = ngettext(
            "expressions are shown for %(n)d minute, in which five students or more were readable",
            "expressions are shown for %(n)d minutes, in which five students or more were readable",
            summary.published,
        )
        return text % {"n": summary.published}
    if not summary.seen or summary.seen_share is None:
        return _("no face was readable, so nothing can be said about expressions")
    share = f"{whole_percent(summary.seen_share)} %"
    if summary.seen < RELIABLE_FROM * summary.attended or summary.seen_share < RELIABLE_FROM:
        text = ngettext(
            "only %(share)s of snapshots were readable, so expressions say little here",
            "only %(seen)d of %(n)d students and %(share)s of snapshots were readable, so expressions say little here",
            summary.attended,
        )
        return text % {"seen": summary.seen, "n": summary.attended, "share": share}
    return _("faces were readable in %(share)s of snapshots") % {"share": share}


def _moment(highlight: Highlight) -> str:
    at = f"{localtime(highlight.moment):%H:%M}"
    if highlight.kind == "answers":
        text = ngettext(
            "at %(time)s, %(n)d student said they were lost or it was too fast",
            "at %(time)s, %(n)d students said they were lost or it was too fast",
            highlight.count,
        )
        return text % {"time": at, "n": highlight.count}
    if highlight.before is not None and highlight.share is not None:
        before, share = f"{whole_percent(highlight.before)} %", f"{whole_percent(highlight.share)} %"
        text = _("at %(time)s, negative expressions rose from %(before)s to %(share)s")
        return text % {"time": at, "before": before, "share": share}
    if highlight.alert_kind == "presence_low":
        return _("at %(time)s, students were leaving") % {"time": at}
    return _("at %(time)s, many faces looked negative") % {"time": at}
