"""Settings, commands and documents say the same; links lead somewhere; a proof that is named exists."""

import re
from itertools import chain
from pathlib import Path

import pytest

from bot.__main__ import cli
from bot.settings import Settings
from handlers.keyboards import MENUS
from handlers.routes import COMMANDS
from locales import LANGUAGES, words

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.vi.md"]
DOCUMENTS = [*READMES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"")
FOLDERS = "bot|cases|criteria|docs|domain|handlers|jobs|locales|reports|simulator|storage|tests"
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./*-]*)(?:: \w+)?`")
PLACE_OF_SOMEBODY = re.compile(r"(?<![\w./])/(?:root|work|home|Users|mnt/data|private)/|file://|127\.0\.0\.1:3\d{3}")
LARGEST = 250_000  # bytes of a picture


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tables(document: Path) -> str:
    return "\n".join(line for line in document.read_text("utf-8").splitlines() if line.startswith("|"))


def test_every_setting_stands_in_the_example_and_the_other_way_round() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    shown = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
    assert sorted(shown) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_shows_the_defaults() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    shown = {name.lower(): value for name, value in re.findall(r"^([A-Z_]+)=(.+)$", example, re.MULTILINE)}
    defaults = Settings.model_construct().model_dump()  # whatever this machine's environment says
    assert {name: Settings(_env_file=None, **{name: value}).model_dump()[name] for name, value in shown.items()} == {
        name: defaults[name] for name in shown
    }


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_every_command_of_the_command_line_stands_in_a_table(readme: Path) -> None:
    there = tables(readme)
    known = [command.name or command.callback.__name__ for command in cli.registered_commands if command.callback]
    assert "doctor" in known
    assert [name for name in known if not re.search(rf"`{name}[ `]", there)] == []


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_every_command_of_the_chat_stands_in_a_table_and_no_other(readme: Path) -> None:
    known = set(chain.from_iterable(names for names, _, _ in COMMANDS))
    assert set(re.findall(r"`/([a-z]+)`", tables(readme))) == known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_in_a_menu_exists_and_has_a_word(language: str) -> None:
    known = set(chain.from_iterable(names for names, _, _ in COMMANDS))
    for name in set(chain.from_iterable(MENUS.values())):
        assert name in known
        assert words(language).say(f"command.{name}")


def test_both_readmes_have_the_same_structure() -> None:
    shapes = [
        [
            re.sub(r"[^#|`!\d]", "", line.partition(" ")[0])
            for line in readme.read_text("utf-8").splitlines()
            if re.match(r"#+ |\||```|!\[|\d+\. |- ", line)
        ]
        for readme in READMES
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_and_every_path_leads_to_a_file(document: Path) -> None:
    text = document.read_text("utf-8")
    links = [link for pair in LINK.findall(text) for link in pair if link and not link.startswith(("https://", "#"))]
    broken = [link for link in links if not (document.parent / link.partition("#")[0]).exists()]
    broken += [path for path in PATH.findall(text) if not list(ROOT.glob(path.rstrip("/")))]
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_no_document_names_a_place_on_somebodys_machine(document: Path) -> None:
    assert PLACE_OF_SOMEBODY.findall(document.read_text("utf-8")) == []


def test_every_proof_that_a_document_names_exists() -> None:
    files = (ROOT / "tests").rglob("test_*.py")
    known = set(chain.from_iterable(re.findall(r"def (test_\w+)", file.read_text("utf-8")) for file in files))
    claimed = {
        name for document in DOCUMENTS for name in re.findall(r"\btest_\w+\b(?!\.py)", document.read_text("utf-8"))
    }
    assert len(claimed) > 40
    assert claimed - known == set()


def test_the_threat_model_has_a_row_for_every_promise() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    assert re.findall(r"^\| (P\d+) \|", text, re.MULTILINE) == [f"P{number}" for number in range(1, 20)]


def test_every_decision_has_a_number_of_its_own_and_bears_it() -> None:
    found = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in found]
    assert numbers == list(range(1, len(found) + 1))
    for number, path in zip(numbers, found, strict=True):
        assert path.read_text("utf-8").startswith(f"# {number}. ")


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert {path.name for path in pictures} >= {"phones.png", "phone-resident.png", "summary.png"}
    assert [path.name for path in pictures if path.stat().st_size > LARGEST] == []


def test_every_target_that_a_document_names_can_be_made() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    code = chain.from_iterable(
        re.findall(r"`[^`\n]*`|```.*?```", path.read_text("utf-8"), re.DOTALL) for path in DOCUMENTS
    )
    assert {name for text in code for name in re.findall(r"\bmake ([a-z]+)", text)} - targets == set()
