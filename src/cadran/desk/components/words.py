"""How the desk writes durations, days and instants, in the reader's language and zone.

Pure functions: what they need of the present is passed in. Durations are whole seconds; `countdown.js` writes the same
figures in the browser, so a change here must be made there too.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from babel import Locale
from babel.dates import format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from cadran.core.instants import INSTANT, written

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
HUES = ("slate", "blue", "indigo", "violet", "teal", "green", "ochre", "rose")

_PHASE_ICONS = {
    "created": "phase-created",
    "in_progress": "phase-progress",
    "suspended": "phase-suspended",
    "resolved": "phase-resolved",
    "closed_by_customer": "phase-closed-customer",
    "closed_internally": "phase-closed",
}


def duration_text(seconds: int) -> str:
    """Write a duration of working time: ``4 h 14``, ``− 1 h 12``, ``59 s`` in the last minute, ``0 h 00`` at zero.

    Rounded towards zero, so that nothing is ever announced before it is true.
    """
    sign = f"{MINUS}{NBSP}" if seconds < 0 else ""
    rest = abs(int(seconds))
    if 0 < rest < 60:
        return f"{sign}{rest}{NBSP}s"
    return f"{sign}{rest // 3600}{NBSP}h{NBSP}{rest % 3600 // 60:02d}"


def settled_text(seconds: int) -> str:
    """Write a duration that counts no more: ``4 h 14``; what took less than a minute took ``< 1 min``."""
    return f"<{NBSP}1{NBSP}min" if 0 <= seconds < 60 else duration_text(seconds)


def grid_text(seconds: int, *, exact: bool = False) -> str:
    """Write a duration for a column of figures: ``1:35``, ``−0:15``; to the second when ``exact``: ``1:35:07``."""
    sign = MINUS if seconds < 0 else ""
    rest = abs(int(seconds))
    text = f"{sign}{rest // 3600}:{rest % 3600 // 60:02d}"
    return f"{text}:{rest % 60:02d}" if exact else text


def figure_text(number: int) -> str:
    """Write a whole number with its thousands parted as the language does."""
    return str(format_decimal(number, locale=_locale()))


def days_text(days: int) -> str:
    """Write a guarantee given in working days: ``2 d``. Never computed from seconds: a working day has no length."""
    # Translators: number of working days, in its shortest form ("2 d")
    return ngettext("%(count)s d", "%(count)s d", days) % {"count": days}


def guarantee_text(amount: int, unit: str) -> str:
    """Write a guarantee of `amount` ``minute``, ``hour`` or ``day``: ``2 h``, ``1 h 30``, ``45 min``, ``2 d``."""
    if unit == "day":
        return days_text(amount)
    minutes = amount * 60 if unit == "hour" else amount
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def _locale() -> Locale:
    return _locale_of(get_language() or "en")


@cache
def _locale_of(language: str) -> Locale:
    """Babel's locale, found once: it looks a name up again for each text that it writes."""
    return Locale.parse(language.split("-")[0])


def when_text(instant: datetime, now: datetime) -> str:
    """Write an instant as people say it: ``today 15:42``, ``Mon 17:36`` within six days, else ``12 Nov 2026 10:22``.

    Both are aware; the words are in the active language, the figures in the active time zone.
    """
    local, here = timezone.localtime(instant), timezone.localtime(now)
    away = (local.date() - here.date()).days
    clock = format_time(local, "HH:mm", locale=_locale())
    if away == 0:
        # Translators: %(time)s is a time of day, "today 15:42"
        return pgettext("instant", "today %(time)s") % {"time": clock}
    if abs(away) <= 6:
        return written(local, "EEE HH:mm")
    return written(local, INSTANT)


def brief_text(instant: datetime, now: datetime) -> str:
    """Write an instant for a narrow column: ``15:42``, ``Mon 17:36`` within six days, ``12 Nov``, ``12 Nov 25``."""
    local, here = timezone.localtime(instant), timezone.localtime(now)
    away = abs((local.date() - here.date()).days)
    if away == 0:
        return format_time(local, "HH:mm", locale=_locale())
    if away <= 6:
        return written(local, "EEE HH:mm")
    return written(local, "d MMM" if local.year == here.year else "d MMM yy")


def full_text(instant: datetime) -> str:
    """Write an instant in full, with its zone: ``Thursday 12 November 2026 15:42:00 CET``."""
    return written(timezone.localtime(instant), "EEEE d MMMM y HH:mm:ss z")


def day_text(instant: datetime, now: datetime) -> str:
    """Write the day of an instant as a heading: ``Monday 9 November``, with the year when it isn't this one."""
    local, here = timezone.localtime(instant), timezone.localtime(now)
    pattern = "EEEE d MMMM" if local.year == here.year else "EEEE d MMMM y"
    text = written(local, pattern)
    if local.date() == here.date():
        # Translators: %(day)s is "Thursday 12 November"
        return _("Today, %(day)s") % {"day": text}
    return text[:1].upper() + text[1:]


def field_text(instant: datetime | None) -> str:
    """Write an instant for `<input type="datetime-local">`, in the active zone, to the minute; empty for None."""
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M") if instant else ""


def machine_text(instant: datetime) -> str:
    """Write an instant for the `datetime` attribute: UTC, whole seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def initials(name: str) -> str:
    """Return at most two initials: ``Élodie Marchand`` gives ``ÉM``."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue_or_slate(colour: str) -> str:
    """Return one of the eight hues a status may have; slate for anything else."""
    return colour if colour in HUES else "slate"


def phase_icon(phase: str) -> str:
    """Return the glyph of a phase code; the glyph of *created* for an unknown one."""
    return _PHASE_ICONS.get(str(phase), "phase-created")
