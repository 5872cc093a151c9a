"""Where a row of reference data is used, in words: « 602 interventions »."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import ngettext

from cadran.core.usage import Usage

#: Model -> how many of it, in words; each text stands here whole, since languages form plurals in their own ways.
_COUNTED: dict[str, Callable[[int], str]] = {
    "agent": lambda n: ngettext("%(count)s agent", "%(count)s agents", n),
    "asset": lambda n: ngettext("%(count)s asset", "%(count)s assets", n),
    "checklistitem": lambda n: ngettext("%(count)s checklist item", "%(count)s checklist items", n),
    "commitmentversion": lambda n: ngettext(
        "%(count)s commitment version", "%(count)s commitment versions", n
    ),
    "contact": lambda n: ngettext("%(count)s contact", "%(count)s contacts", n),
    "contract": lambda n: ngettext("%(count)s contract", "%(count)s contracts", n),
    "customer": lambda n: ngettext("%(count)s customer", "%(count)s customers", n),
    "customfield": lambda n: ngettext("%(count)s custom field", "%(count)s custom fields", n),
    "customvalue": lambda n: ngettext("%(count)s ticket", "%(count)s tickets", n),
    "intervention": lambda n: ngettext("%(count)s intervention", "%(count)s interventions", n),
    "interventioncheck": lambda n: ngettext("%(count)s intervention", "%(count)s interventions", n),
    "interventiontype": lambda n: ngettext("%(count)s intervention type", "%(count)s intervention types", n),
    "macro": lambda n: ngettext("%(count)s macro", "%(count)s macros", n),
    "product": lambda n: ngettext("%(count)s product", "%(count)s products", n),
    "schedule": lambda n: ngettext("%(count)s schedule", "%(count)s schedules", n),
    "service": lambda n: ngettext("%(count)s service", "%(count)s services", n),
    "servicetemplate": lambda n: ngettext("%(count)s service template", "%(count)s service templates", n),
    "suspension": lambda n: ngettext("%(count)s suspension", "%(count)s suspensions", n),
    "suspensionreason": lambda n: ngettext("%(count)s suspension reason", "%(count)s suspension reasons", n),
    "team": lambda n: ngettext("%(count)s team", "%(count)s teams", n),
    "ticket": lambda n: ngettext("%(count)s ticket", "%(count)s tickets", n),
    "tickettemplate": lambda n: ngettext("%(count)s ticket template", "%(count)s ticket templates", n),
    "user": lambda n: ngettext("%(count)s person", "%(count)s people", n),
}


def counted(usages: Iterable[Usage]) -> list[str]:
    """Each use in words; what is counted nowhere else is named, with its number where there are several."""
    return [_words(usage) for usage in usages]


def _words(usage: Usage) -> str:
    words = _COUNTED.get(usage.model._meta.model_name or "")
    if words is not None:
        return words(usage.count) % {"count": usage.count}
    return str(usage.label) if usage.count == 1 else f"{usage.label} ({usage.count})"
