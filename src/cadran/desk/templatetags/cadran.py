"""Tags and filters of the desk's templates: `{% load cadran %}`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cadran.core.text import plain
from cadran.desk.components import words

register = template.Library()

_SIZES = {"s": " cd-i-s", "l": " cd-i-l"}


@register.simple_tag
def icon(name: str, size: str = "", label: str = "", extra: str = "") -> SafeString:
    """Draw the sprite's symbol `name`; `size` is ``s`` or ``l``. Without `label` it is hidden from screen readers."""
    classes = f"cd-i{_SIZES.get(size, '')}{f' {extra}' if extra else ''}"
    speech = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    sprite = static("cadran/icons.svg")
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', classes, speech, sprite, name)


@register.filter
def duration(seconds: int | None) -> str:
    """Seconds as ``4 h 14``; empty for None."""
    return "" if seconds is None else words.duration_text(seconds)


@register.filter
def figure(number: int | None) -> str:
    """A whole number with its thousands parted as the language does: ``2,314``; empty for None."""
    return "" if number is None else words.figure_text(number)


@register.filter
def grid(seconds: int | None, exact: bool = False) -> str:
    """Seconds as ``1:35``, for columns of figures, or ``1:35:07`` when exact; empty for None."""
    return "" if seconds is None else words.grid_text(seconds, exact=exact)


@register.filter
def days(count: int | None) -> str:
    """Working days as ``2 d``; empty for None."""
    return "" if count is None else words.days_text(count)


@register.filter
def when(instant: datetime | None, now: datetime | None = None) -> SafeString | str:
    """An instant as ``today 15:42`` in a `<time>` element, in the reader's zone and language; empty for None."""
    if instant is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        words.machine_text(instant),
        words.full_text(instant),
        words.when_text(instant, now or timezone.now()),
    )


@register.filter
def when_brief(instant: datetime | None, now: datetime | None = None) -> SafeString | str:
    """An instant for a narrow column, ``15:42`` today, in a `<time>` element; empty for None."""
    if instant is None:
        return ""
    parts = (
        words.machine_text(instant),
        words.full_text(instant),
        words.brief_text(instant, now or timezone.now()),
    )
    return format_html('<time datetime="{}" title="{}">{}</time>', *parts)


@register.filter
def when_plain(instant: datetime | None, now: datetime | None = None) -> str:
    """An instant as ``today 15:42`` without the element, for sentences and attributes; empty for None."""
    return "" if instant is None else words.when_text(instant, now or timezone.now())


@register.filter
def clock_time(instant: datetime | None) -> SafeString | str:
    """The time of day alone, ``17:12``, in a `<time>` element; empty for None."""
    if instant is None:
        return ""
    local = timezone.localtime(instant)
    parts = (words.machine_text(instant), words.full_text(instant), f"{local:%H:%M}")
    return format_html('<time datetime="{}" title="{}">{}</time>', *parts)


@register.filter
def localtime_field(instant: Any) -> str:
    """An instant as the value of a `datetime-local` input; what was typed is given back as it was."""
    if isinstance(instant, datetime) and timezone.is_aware(instant):
        return words.field_text(instant)
    if isinstance(instant, datetime):
        return f"{instant:%Y-%m-%dT%H:%M}"
    return str(instant or "")


@register.filter
def hue(colour: str) -> str:
    """One of the eight hues of a status; slate for anything else."""
    return words.hue_or_slate(str(colour))


@register.filter
def phase_icon(phase: str) -> str:
    """The glyph of a phase code."""
    return words.phase_icon(phase)


@register.filter
def initials(name: object) -> str:
    """``Élodie Marchand`` as ``ÉM``."""
    return words.initials(str(name or ""))


@register.filter(name="words")
def words_of(html: object) -> str:
    """The words of a rich text, plain; empty where it is pictures only."""
    return plain(str(html or ""))


@register.filter
def degrees(percent: float | None) -> str:
    """A percentage as an angle of the dial: 25 gives 90.0."""
    return f"{float(percent or 0) * 3.6:.1f}"


@register.filter
def plain_number(number: float | None) -> str:
    """A number for an attribute, with a point whatever the language."""
    return f"{float(number or 0):.1f}".removesuffix(".0")


@register.filter
def to_json(value: object) -> str:
    """A value as JSON, for a data attribute (escaped by the template as any text)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


@register.filter
def toast_level(tag: str) -> str:
    """The level of a toast for a message's level: done, info or error."""
    return {"success": "done", "error": "error"}.get(tag, "info")


@register.filter
def is_check(field: BoundField) -> bool:
    """True for a lone checkbox, whose label stands beside it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_choice_list(field: BoundField) -> bool:
    """True for radio buttons or several checkboxes, which form a group."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def choice_kind(field: BoundField) -> str:
    """``checkbox`` or ``radio``, for a group of choices."""
    return "checkbox" if isinstance(field.field.widget, forms.CheckboxSelectMultiple) else "radio"


@register.filter
def picked(field: BoundField | None) -> tuple[str, str] | None:
    """The value and the text of a picker's present choice, read from the field's own queryset; None when empty."""
    value = field.value() if field is not None else None
    if field is None or value in (None, ""):
        return None
    queryset = getattr(field.field, "queryset", None)
    if queryset is None:
        choices = {str(key): str(text) for key, text in getattr(field.field, "choices", ())}
        return (str(value), choices.get(str(value), str(value)))
    key = field.field.to_field_name or "pk"  # type: ignore[attr-defined]
    try:
        found = queryset.filter(**{key: getattr(value, "pk", value)}).first()
    except (TypeError, ValueError):
        return None
    if found is None:
        return None
    return (str(getattr(found, key)), str(field.field.label_from_instance(found)))  # type: ignore[attr-defined]


@register.simple_tag
def widget(field: BoundField, hint: str = "", **attributes: str) -> SafeString:
    """Draw a form field's control in the desk's look, tied to its help and its errors."""
    control = field.field.widget
    if isinstance(control, forms.CheckboxInput):
        css = "form-check-input"
    elif isinstance(control, forms.Select):
        css = "form-select"
    else:
        css = "form-control"
    told = []
    if hint or field.help_text:
        told.append(f"{field.id_for_label}_hint")
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in attributes.items()}
    if field.errors:
        css += " is-invalid"
        told.append(f"{field.id_for_label}_error")
        attrs["aria-invalid"] = "true"
    attrs["class"] = f"{css} {control.attrs.get('class', '')}".strip()
    if told:
        attrs["aria-describedby"] = " ".join(told)
    drawn = field.as_widget(attrs=attrs)
    if isinstance(control, forms.Select):
        # Django writes nine hyphens for « nothing chosen », whichever field or model the choices come from.
        drawn = mark_safe(drawn.replace(">---------</option>", ">–</option>"))  # noqa: S308  drawn by Django
    return drawn


@register.filter
def field_selectors(names: str) -> str:
    """Names of fields parted by blanks, as a selector for `hx-include`."""
    return ", ".join(f"[name='{name}']" for name in names.split())


@register.filter
def error_count(form: forms.BaseForm) -> int:
    """How many errors a form has, over all its fields."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def begins_with(error: str, label: str) -> bool:
    """Whether an error says by itself which field it is about, so that nobody reads its label twice."""
    return str(error).startswith(str(label))


@register.simple_tag
def now_field() -> str:
    """The present as the value of a `datetime-local` input."""
    return words.field_text(timezone.now())


@register.filter
def page_numbers(page: Page[Any]) -> list[int]:
    """The numbers a pager shows: both ends and the neighbours; 0 stands for a gap."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else 0 for number in numbers]


@register.simple_tag(takes_context=True)
def page_address(context: template.RequestContext, number: int, param: str = "page") -> str:
    """The present address with another page number."""
    query = context.request.GET.copy()
    query[param] = str(number)
    return f"?{query.urlencode()}"
