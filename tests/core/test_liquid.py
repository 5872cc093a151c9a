"""Texts with placeholders: what may stand in them, and where a mistake is (Spec T30)."""

from __future__ import annotations

import pytest

from cadran.core.errors import InvalidInput
from cadran.core.liquid import LONGEST, check_text, fill_text
from cadran.core.richtext import mentioned_in, name_mentions, sanitise

KNOWN = {"customer.name", "ticket.number"}
VALUES = {"customer": {"name": "A & B <script>x</script>"}, "ticket": {"number": "DEM-1"}}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("<p>{{ ticket.number }}</p>", "<p>DEM-1</p>"),
        ("<p>{{&nbsp;ticket.<b>number</b> | downcase }}</p>", "<p>dem-1</p>"),
        ("<p>{% if ticket.number == &quot;DEM-1&quot; %}one{% else %}more{% endif %}</p>", "<p>one</p>"),
        ("<p>{{ customer.name }}</p>", "<p>A &amp; B &lt;script&gt;x&lt;/script&gt;</p>"),
        ("<p>1 < 2 { } %</p>", "<p>1 &lt; 2 { } %</p>"),
    ],
)
def test_placeholders_are_filled_in_escaped(text: str, filled: str) -> None:
    """Values are words, never mark-up; what the editor put between braces is no matter."""
    check_text(sanitise(text), KNOWN, field="text_fr")
    assert fill_text(sanitise(text), VALUES) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello{% if site.name %} {{ site.name }}{% endif %},", "Hello,"),
        ("{% unless site.name %}no site{% endunless %}", "no site"),
        ("{% if site.name == '' %}no site{% endif %}", "no site"),
        ("{% if site.name != '' %}a site{% else %}no site{% endif %}", "no site"),
        ("{% case site.name %}{% when '' %}no site{% else %}a site{% endcase %}", "no site"),
        ("{{ site.name | upcase }}{{ site.name | default: 'no site' }}", "no site"),
        ("{% if ticket.number %}one{% endif %}", "one"),
    ],
)
def test_a_condition_on_an_empty_value_does_not_hold(text: str, filled: str) -> None:
    """A part is kept for the tickets that have the value (Spec T30)."""
    assert fill_text(text, {**VALUES, "site": {"name": ""}}) == filled


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>a</p><p>{{ ticket.numbr }}</p>", "Line 2, “{{ ticket.numbr }}”: there is no such placeholder. Do you"),
        ("<p>{{ zzz }}</p>", "Line 1, “{{ zzz }}”: there is no such placeholder. Choose"),
        ("<p>{{ ticket }}</p>", "Line 1, “{{ ticket }}”: there is no such"),
        ("<p>{{ ticket.number.__class__ }}</p>", "there is no such placeholder"),
        ("<p>a<br>{{ ticket number }}</p>", "Line 2, “{{ ticket number }}”: this can’t be read"),
        ("<p>{{}}</p>", "can’t be read"),
        ("<p>{{ ticket.number</p>", "Line 1, “{{ ticket.number"),
        ("<p>{% if ticket.number %}x</p>", "Line 1, “{% if ticket.number %}”: this is never closed"),
        ("<p>{% include 'secret' %}</p>", "this can’t stand here"),
        ("<p>{% render 'secret' %}</p>", "this can’t stand here"),
        ("<p>{% for one in ticket %}x{% endfor %}</p>", "this can’t stand here"),
        ("<p>{% assign x = 'y' %}</p>", "this can’t stand here"),
        ("<p>{{ ticket.number | base64_decode | safe }}</p>", "there is no filter “base64_decode”"),
        ("x" * (LONGEST + 1), "characters fit"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_place(text: str, words: str) -> None:
    """Nothing is included, repeated or assigned; the sentence names line and braces (Spec R7)."""
    with pytest.raises(InvalidInput) as refused:
        check_text(text, KNOWN, field="text_fr")
    assert words in refused.value.message
    assert refused.value.field == "text_fr"


def test_a_text_that_grows_too_long_or_lacks_a_value_is_refused() -> None:
    """The engine's limits hold while it is filled in."""
    with pytest.raises(InvalidInput, match="too long"):
        fill_text("{{ ticket.number }}" * 500, {"ticket": {"number": "x" * 100}})
    with pytest.raises(InvalidInput, match="no value"):
        fill_text("{{ customer.name }}", {"ticket": {"number": "1"}})


def test_marks_of_people_stay_only_where_they_are_asked_for() -> None:
    """A mark holds a plain key and nothing else; other texts hold none (Spec T14, T17)."""
    text = (
        '<p><span data-mention="12" onclick="x()" style="y">@K</span><span data-mention="1;2">@L</span></p>'
    )
    clean = sanitise(text, mentions=True)
    assert clean == '<p><span data-mention="12">@K</span><span>@L</span></p>'
    assert mentioned_in(clean) == [12]
    assert "data-mention" not in sanitise(text)
    assert name_mentions(clean, {12: "A <b>"}) == (
        '<p><span data-mention="12">@A &lt;b&gt;</span><span>@L</span></p>'
    )
    nested = '<span data-mention="1"><span data-mention="2">x</span></span>'
    assert name_mentions(sanitise(nested, mentions=True), {1: "A", 2: "B"}).count("span") == 2
