"""The user guide in both languages says what the product does, in the words of its screens."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from cadran.accounts.rights import SUPPLIED_PROFILES
from cadran.cli import main
from cadran.core import messages
from cadran.tickets.choices import Phase
from cadran.tickets.operations import supply
from cadran.tickets.transitions import TRANSITIONS, Act

GUIDE = Path(__file__).parents[1] / "docs" / "guide"
LANGUAGES = ("en", "fr")
#: The acts as the table of each guide heads its columns.
ACTS = {
    "en": dict(
        zip(
            (
                "Start", "Suspend", "Resume", "Resolve",
                "Close by customer", "Close internally", "Cancel", "Reopen", "Merge",
            ),
            Act,
            strict=True,
        )
    ),
    "fr": dict(
        zip(
            (
                "Démarrer", "Suspendre", "Reprendre", "Résoudre",
                "Clôturer par le client", "Clôturer en interne", "Annuler", "Déclôturer", "Fusionner",
            ),
            Act,
            strict=True,
        )
    ),
}  # fmt: skip
#: A cell so marked leads to *created* while no intervention other than the intake was started.
MARK = "\u00a0¹"


def chapters(language: str) -> list[Path]:
    return sorted((GUIDE / language).glob("*.md"))


def rows(text: str, *, columns: int) -> Iterator[list[str]]:
    """The rows of the tables that have as many columns, head first."""
    for line in text.splitlines():
        cells = [cell.strip(" ") for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns and set(line) != {"|", "-"}:
            yield cells


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_transitions_is_the_one_in_the_code(language: str) -> None:
    """Spec T2: the guide draws the table of allowed transitions; it names phases as the screens do."""
    with translation.override(language):
        phases = {str(phase.label): phase for phase in Phase}
    head, *lines = rows((GUIDE / language / "life-cycle.md").read_text("utf-8"), columns=len(Act) + 1)
    acts = [ACTS[language][name] for name in head[1:]]
    drawn, marked = {}, set()
    for name, *cells in lines:
        for act, cell in zip(acts, cells, strict=True):
            if cell.endswith(MARK):
                marked.add((phases[name], act))
            if cell != "–":
                drawn[phases[name], act] = phases[cell.removesuffix(MARK)]
    assert list(phases) == [line[0] for line in lines]
    assert drawn == TRANSITIONS
    assert marked == {(phase, act) for phase, act in TRANSITIONS if act in (Act.RESUME, Act.REOPEN)}


def screen_words(language: str) -> tuple[set[str], list[re.Pattern[str]]]:
    """What the screens say: whole texts, and patterns for those with placeholders."""
    texts: set[str] = set()
    for app in messages.apps():
        path = messages.catalogue_path(app)
        for message in messages.read_catalogue(path) if path.exists() else ():
            said = message.id if language == "en" else message.string
            texts.update(map(str, said) if isinstance(said, (list, tuple)) else [str(said)])
    for supplied in (
        supply.STATUSES, supply.STATES, supply.NATURES, supply.SEVERITIES, supply.PRIORITIES,
        supply.INTERVENTION_TYPES, supply.SUSPENSION_REASONS,
    ):  # fmt: skip
        texts.update(str(row[2 if language == "en" else 1]) for row in supplied)
    texts.update(str(names[1 if language == "en" else 0]) for names in SUPPLIED_PROFILES.values())
    filled = [re.split(r"%\(\w+\)[sd]", text) for text in texts if "%(" in text]
    return texts, [re.compile(".+".join(map(re.escape, parts))) for parts in filled]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bold_words_stand_on_the_screens(language: str) -> None:
    """What the guide prints in bold is written so on a screen: a label, a button, a status that comes with Cadran."""
    texts, patterns = screen_words(language)
    unknown = []
    for path in chapters(language):
        for bold in re.findall(r"\*\*(.+?)\*\*", path.read_text("utf-8"), re.DOTALL):
            words = re.sub(r"[ \n]+", " ", bold)
            filled = re.sub(r"\s?…$", " …", words)
            if words not in texts and not any(p.fullmatch(words) or p.fullmatch(filled) for p in patterns):
                unknown.append(f"{path.name}: {words}")
    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worked_example_is_what_the_clock_says(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Spec C14: the command in the guide prints the due date and the ledger that the guide explains."""
    page = (GUIDE / language / "command-line.md").read_text("utf-8")
    block = re.search(r"\n    cadran (clock explain.+?)\n\n(    Due.+?)\n\n", page, re.DOTALL)
    assert block is not None
    assert main(shlex.split(block[1].replace("\\\n", " "))) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("\n".join(line.strip() for line in block[2].splitlines()))
    _head, *ledger = rows((GUIDE / language / "clocks.md").read_text("utf-8"), columns=7)
    assert ledger[-1][2] == "15:42"
    found = [re.findall(r"\d{1,2}:\d\d(?!-|:)(?<!-\d\d:\d\d)", line) for line in printed.splitlines()]
    for _day, begin, end, _what, lost, counted, used in ledger:
        assert [time for time in (begin, end, lost, counted, used) if time] in found, (begin, end)


def test_both_guides_have_the_same_chapters_and_every_link_leads_somewhere() -> None:
    """A chapter exists in both languages, and no link of either is dead."""
    assert [path.name for path in chapters("en")] == [path.name for path in chapters("fr")]
    for path in chapters("en") + chapters("fr"):
        for target in re.findall(r"\]\(([^)#]+)", path.read_text("utf-8")):
            assert (path.parent / target).is_file(), f"{path.name}: {target}"


def test_french_chapters_keep_to_french_typography() -> None:
    """Spec F5: no-break spaces and true apostrophes in the French guide too."""
    wrong = []
    for path in chapters("fr"):
        prose = re.sub(
            r"^    (?=make|CADRAN|DATABASE|cadran|    |Due).+$", "", path.read_text("utf-8"), flags=re.M
        )
        prose = re.sub(r"`[^`]+`|<kbd>[^<]+</kbd>|<[^>]+>", "", prose)
        wrong += [
            f"{path.name}: {line}: {complaint}"
            for line in prose.splitlines()
            for pattern, complaint in messages.TYPOGRAPHY
            if pattern.search(line)
        ]
    assert not wrong, "\n".join(wrong)
