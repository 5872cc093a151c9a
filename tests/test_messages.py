"""The French catalogues, and the tool that keeps them."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from cadran.core import messages


def test_every_text_has_its_french() -> None:
    """Spec F5: French is complete: nothing missing, uncertain, ill set, or with other placeholders than the English.

    Nor is one text translated in two ways: which of them Django picks must not matter.
    """
    found = list(messages.problems())
    assert not found, "\n".join(found)


def french(source: object, translation: object) -> list[str]:
    message = Catalog(locale="fr").add(source, translation)  # type: ignore[arg-type]
    return list(messages.wrong_with(message))


@pytest.mark.parametrize(
    ("source", "translation", "complaint"),
    [
        ("Close", "", "missing"),
        ("Hello %(name)s", "Bonjour", "lacks the placeholder: name"),
        ("Hello", "Bonjour %(name)s", "placeholder the English lacks: name"),
        (
            ("%(count)s ticket", "%(count)s tickets"),
            ("%(count)s demande", "des demandes"),
            "lacks the placeholder",
        ),
        (("%(count)s ticket", "%(count)s tickets"), ("%(count)s demande", ""), "missing"),
        ("Don’t", "N'y va pas", "apostrophe"),
        ("Really?", "Vraiment ?", "ordinary space"),
        ("Really?", "Vraiment?", "no space before"),
        ("Name:", "Nom :", "ordinary space"),
        ("Name:", "Nom:", "no space before"),
        ("Wait...", "Attendez...", "three points"),
    ],
)
def test_wrong_french_is_told(source: object, translation: object, complaint: str) -> None:
    """Each kind of mistake is found and named."""
    assert any(complaint in line for line in french(source, translation))


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Really?", "Vraiment\u202f?"),
        ("Name: %(name)s", "Nom\u00a0: %(name)s"),
        (("%(count)s ticket", "%(count)s tickets"), ("une demande", "%(count)s demandes")),
        ("See https://x.example/?a=b", "Voir https://x.example/?a=b"),
        ("At %(time)s", "À 9:05, %(time)s"),
    ],
)
def test_right_french_passes(source: object, translation: object) -> None:
    """Good typography raises no complaint."""
    assert french(source, translation) == []


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A little app of its own, with a Python text and two in a template."""
    folder = tmp_path / "src" / "cadran" / "shop"
    (folder / "templates").mkdir(parents=True)
    (folder / "apps.py").write_text(
        'from django.utils.translation import gettext_lazy as _\nNAME = _("Shop")\n'
    )
    (folder / "templates" / "page.html").write_text(
        "{% translate 'Open' %} "
        "{% blocktranslate count n=n %}{{ n }} ticket{% plural %}{{ n }} tickets{% endblocktranslate %}"
    )
    monkeypatch.setattr(messages, "PACKAGE", folder.parent)
    return folder


def test_collecting_keeps_translations_and_settles(app: Path) -> None:
    """New texts arrive empty, known ones keep their French, gone ones leave; a second run changes nothing."""
    assert messages.collect() == [messages.catalogue_path(app)]
    assert messages.collect() == []
    path = messages.catalogue_path(app)
    text = path.read_text()
    assert "Date" not in text and ":1" not in text and 'msgid_plural "%(n)s tickets"' in text
    path.write_text(text.replace('msgid "Shop"\nmsgstr ""', 'msgid "Shop"\nmsgstr "Boutique"'))
    (app / "templates" / "page.html").write_text("{% translate 'Shut' %}")
    messages.collect()
    text = path.read_text()
    assert 'msgstr "Boutique"' in text and "Shut" in text and "Open" not in text


def test_compiling_writes_what_is_newer(app: Path) -> None:
    """A catalogue is compiled once, and again only after a change."""
    messages.collect()
    assert [path.suffix for path in messages.compile_catalogues()] == [".mo"]
    assert messages.compile_catalogues() == []
