"""What the components page shows: clocks around the present, a form with errors, the ledger of a known due date.

Names and titles stand for a customer's data and are in no catalogue.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.desk.components.clocks import ClockFace
from cadran.desk.components.conflicts import Choice
from cadran.desk.components.strips import Box, Label, LedgerRow, Line, TimeStrip, WeekDay

HOUR = 3600
PEOPLE = (
    ("1", "Claire Fontaine", "Transports Delaunay"),
    ("2", "Élodie Marchand", "Clinique Saint-Aubin"),
    ("3", "Karim Benali", "Mairie de Tassin"),
    ("4", "Nadia Roussel", "Pharmacie des Halles"),
)
STATUSES = (
    ("slate", "created", pgettext_lazy("sample", "Open")),
    ("blue", "in_progress", _("Diagnosis under way")),
    ("ochre", "suspended", _("Waiting for customer")),
    ("teal", "resolved", _("Resolved")),
    ("green", "closed_by_customer", _("Closed by customer")),
    ("slate", "closed_internally", _("Closed")),
)
SEVERITIES = ((3, _("Blocking")), (2, _("Major")), (1, _("Minor")))


class SampleForm(forms.Form):
    """A form of which two fields are always refused, and one was changed by somebody else meanwhile."""

    conflicts: tuple[Choice, ...] = ()

    requester = forms.ChoiceField(
        label=_("Requester"), choices=[(key, name) for key, name, _at in PEOPLE], required=True
    )
    desired_at = forms.DateTimeField(label=_("Desired date"), required=False)
    asset = forms.ChoiceField(label=_("Asset"), choices=[("7", "SRV-BKP-01")], required=False)
    severity = forms.ChoiceField(label=_("Severity"), choices=[(level, name) for level, name in SEVERITIES])
    number = forms.CharField(label=_("Number"), required=False, disabled=True)
    is_shared = forms.BooleanField(label=_("Shared with customer"), required=False)
    by = forms.ChoiceField(
        label=_("Told by"), choices=[("mail", _("mail")), ("fax", _("fax"))], widget=forms.RadioSelect
    )
    external = forms.CharField(label=_("External description"), widget=forms.Textarea, required=False)
    internal = forms.CharField(label=_("Internal description"), widget=forms.Textarea, required=False)

    def clean_requester(self) -> str:
        """Refuse whatever was chosen, to show an error."""
        raise forms.ValidationError(_("Choose the person who asks, or add a contact."))

    def clean_desired_at(self) -> datetime:
        """Refuse whatever was typed, to show an error."""
        raise forms.ValidationError(_("It lies before the reception; choose that day or a later one."))


def sample_form(now: datetime) -> SampleForm:
    """The form as it comes back after two refusals."""
    typed = {
        "desired_at": (now - timedelta(days=4)).strftime("%Y-%m-%dT%H:%M"),
        "asset": "7",
        "severity": "2",
        "is_shared": "on",
        "by": "mail",
        "external": "<p>La sauvegarde du volume <strong>PATIENTS</strong> s’arrête à 62 %.</p>",
        "internal": "<p>Trois nuits de suite, code <code>OB-5012</code>.</p>",
    }
    form = SampleForm(typed, initial={"number": _("given at saving")}, auto_id="e_%s")
    values = ("VPN", "VPN de Lyon", "VPN de Tassin")
    form.conflicts = (Choice("title", _("Title"), *values, by_name="Karim Benali", at=now),)
    return form


class SuspendForm(forms.Form):
    """The fields of the sample dialog."""

    start = forms.DateTimeField(label=pgettext_lazy("ledger", "From"))
    reason = forms.ChoiceField(label=_("Reason"), choices=[("customer", _("Waiting for customer"))])
    details = forms.CharField(label=_("Details shown to the customer"), max_length=200)


def faces(now: datetime) -> list[ClockFace]:
    """The clocks in all their states; the running ones tick through the next twelve hours."""
    begin = int(now.timestamp())
    openings = ((begin, begin + 12 * HOUR),)

    def runs(colour: str, left: int) -> ClockFace:
        due = now + timedelta(seconds=left)
        return ClockFace(
            kind="resolution",
            colour=colour,  # type: ignore[arg-type]
            now=now,
            left=left,
            total=8 * HOUR,
            due_at=due,
            openings=openings,
            href="#clock",
        )

    return [
        runs("green", 4 * HOUR + 14 * 60 + 50),
        runs("orange", 1 * HOUR + 34 * 60 + 50),
        runs("red", -(1 * HOUR + 12 * 60)),
        ClockFace(
            kind="response",
            colour="met",
            now=now,
            taken=24 * 60,
            total=2 * HOUR,
            guarantee="2 h",
            met_at=now - timedelta(days=3),
        ),
        ClockFace(
            kind="response",
            colour="missed",
            now=now,
            left=-40 * 60,
            total=HOUR,
            guarantee="1 h",
            met_at=now - timedelta(days=2),
        ),
        ClockFace(kind="resolution", colour="still", now=now, left=5 * HOUR + 10 * 60, total=8 * HOUR),
        ClockFace(kind="resolution", colour="none", now=now),
        runs("orange", 20),
    ]


def sample_page() -> Page[int]:
    """The second page of a long list."""
    return Paginator(range(2314), 50).page(2)


def sample_week(now: datetime) -> list[WeekDay]:
    """A week with a holiday and today."""
    monday = now - timedelta(days=now.weekday())
    worked = ("7:00", "6:45", "", "1:40", "", "", "")
    days = [monday + timedelta(days=index) for index in range(7)]
    return [
        WeekDay(
            name=date_format(day, "D"),
            number=day.day,
            text=text,
            is_off=index >= 5,
            is_today=index == now.weekday(),
        )
        for index, (day, text) in enumerate(zip(days, worked, strict=True))
    ]


def sample_ledger() -> list[LedgerRow]:
    """Eight hours from Monday 17:12, suspended from Tuesday 11:00 to Wednesday 09:30."""
    minutes = 60
    return [
        LedgerRow(day="9 Nov", start="17:12", what=str(_("Received: the clock starts")), kind="edge", used=0),
        LedgerRow(
            day="9 Nov",
            start="17:12",
            end="18:00",
            what="13:30–18:00",
            counted=48 * minutes,
            used=48 * minutes,
        ),
        LedgerRow(
            day="10 Nov",
            start="11:00",
            end="12:30",
            what=str(pgettext_lazy("ledger", "Suspended")),
            kind="lost",
            lost=90 * minutes,
            used=168 * minutes,
        ),
        LedgerRow(day="11 Nov", what=str(_("Holiday: no opening")), kind="skip", used=168 * minutes),
        LedgerRow(
            day="12 Nov",
            start="15:42",
            what=str(pgettext_lazy("ledger", "Due")),
            kind="sum",
            lost=390 * minutes,
            counted=480 * minutes,
            used=480 * minutes,
        ),
    ]


def sample_strip() -> TimeStrip:
    """Two days of the same clock, drawn."""
    boxes = [
        Box("day", 92, 44, 563, 150),
        Box("day", 665, 44, 563, 150),
        Box("open", 140, 66, 190, 26),
        Box("open", 390, 66, 220, 26),
        Box("holiday", 710, 66, 470, 26),
        Box("count", 560, 111, 50, 28),
        Box("lost", 390, 157, 120, 26),
        Box("ahead", 710, 111, 200, 28),
        Box("flag", 910, 46, 70, 17),
    ]
    labels = [
        Label("strong", 373, 34, "9 Nov"),
        Label("strong", 946, 34, "10 Nov"),
        Label("in", 585, 129, "0:48"),
        Label("flag-t", 945, 58.5, "15:42"),
    ]
    lines = [Line("line", 560, 50, 190), Line("now", 780, 44, 146), Line("line", 910, 46, 190)]
    return TimeStrip(
        title=str(_("A clock over two days")),
        text=str(_("Counted 0 h 48 on the first day; the table below says the same.")),
        schedule="9 h – 18 h",
        counted="0 h 48",
        lost="1 h 30",
        boxes=boxes,
        lines=lines,
        labels=labels,
    )
