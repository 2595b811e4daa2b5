"""The words: complete in both languages, in the tone that was settled, and there for every key that code names."""

import ast
import re
import string
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from domain import indicators
from domain.duties import Finding, Item
from domain.people import Role
from domain.text import fold
from domain.tips import Category, Identity, Outcome, Rating, Status
from handlers.keyboards import LABELS
from handlers.routes import COMMANDS, PRESSES
from handlers.tip import CATEGORIES
from locales import LANGUAGES, Words, words

ROOT = Path(__file__).parents[2]
CHAT = ("domain", "cases", "handlers")
SPEAKING = (*CHAT, "jobs", "reports", "storage", "bot")
MOMENT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

# screens.md, 3 (tone 6 and "use / never").
NEVER = {
    "vi": (
        "tuyệt đối",
        "xử lý nghiêm",
        "ẩn danh",
        "ticket",
        "chỉ điểm",
        "đối tượng",
        "nhiệm vụ",
        "lỗi hệ thống",
        "nghi phạm",
        "thủ phạm",
        "tố cáo",
    ),
    "en": ("absolute", "anonymous", "ticket", "snitch", "informer", "suspect", "culprit", "system error", "mission"),
}

# contract.md, in the chat: what people and outside checks press.
CONTRACT = (
    *("Bắt đầu", "Đồng ý", "Gửi", "Giấu tên", "Giấu tên, cho phép liên hệ lại", "Kèm tên tôi", "Xem trả lời"),
    *("Cháy, nổ", "Trộm cướp, tội phạm khác", "Đạt tất cả", "Đạt", "Không đạt", "Chưa xem được"),
    *("Tiếp nhận", "Hỏi lại", "Giao", "Chuyển", "Kết thúc", "Có giá trị", "Ra ca"),
)

LABEL_TABLES = ("button.", "pick.", "outcome.", "keyboard.")
# A line of the queue has a row of its own, and the code that is looked for stands first: it may be longer.
LONGEST_LABEL, LONGEST_QUEUE_LINE = 40, 48
LONGEST_TOAST = 200
LONGEST_SCREEN = 6

SHAPES: dict[str, list[Any]] = {
    # As a case gives it, and as it comes back out of the outbox.
    "clock": [MOMENT, MOMENT.isoformat()],
    "day": [MOMENT, MOMENT.isoformat(), date(2026, 11, 23), "2026-11-23"],
    "official_day": [MOMENT, MOMENT.isoformat(), date(2026, 11, 23), "2026-11-23"],
    "short_day": [MOMENT, MOMENT.isoformat(), date(2026, 11, 23), "2026-11-23"],
    "weekday_day": [MOMENT, MOMENT.isoformat(), date(2026, 11, 22), "2026-11-22"],
    "duration": [40, 7200],
    "number": [0, 2412],
    "upper": ["phường Bắc Hồng"],
    "": ["Bắc Hồng"],
}
# What a bare placeholder holds at its longest, as far as the product sets a bound.
TYPICAL = {"code": "K7QM-4XTP", "by": "Trung úy Nguyễn Văn Nam", "limit": 4000, "left": 7}


class Placeholder(NamedTuple):
    """A gap in a sentence and the shape in which its value is shown."""

    name: str
    shape: str


def placeholders(sentence: str) -> set[Placeholder]:
    parsed = string.Formatter().parse(sentence)
    return {Placeholder(name, shape or "") for _, name, shape, _ in parsed if name is not None}


def named_by(sentence: str) -> set[str]:
    return {gap.name for gap in placeholders(sentence)}


def table(speaker: Words, name: str) -> list[str]:
    """The keys that stand directly in a table, without its name."""
    found = [key.removeprefix(name) for key in speaker.sentences if key.startswith(name)]
    return [key for key in found if "." not in key and not placeholders(speaker.sentences[name + key])]


def values(speaker: Words, gap: Placeholder) -> list[Any]:
    if gap.shape.startswith("of_"):
        return list(table(speaker, f"{gap.shape[3:]}."))
    if gap.shape.startswith("count_"):
        return [0, 1, 2412]
    return [TYPICAL[gap.name]] if not gap.shape and gap.name in TYPICAL else SHAPES[gap.shape]


def spoken(speaker: Words, key: str) -> Iterator[str]:
    """A sentence with every combination of fitting values in its gaps; gaps of one name share their value."""
    gaps = sorted(placeholders(speaker.sentences[key]))
    choices = {gap.name: [value for value in values(speaker, gap) if _fits(value, gap.name, gaps)] for gap in gaps}
    for picked in product(*choices.values()):
        yield speaker.say(key, **dict(zip(choices, picked, strict=True)))


def _fits(value: Any, name: str, gaps: list[Placeholder]) -> bool:
    # What is shown as a time of day somewhere is a moment everywhere; a mere date has no clock.
    has_clock = Placeholder(name, "clock") in gaps
    return not has_clock or value in SHAPES["clock"]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.fixture(params=LANGUAGES)
def speaker(request: pytest.FixtureRequest) -> Words:
    return words(request.param)


# The two languages


def test_both_languages_know_the_same_sentences_with_the_same_gaps() -> None:
    vi, en = ({key: placeholders(text) for key, text in words(name).sentences.items()} for name in LANGUAGES)
    assert vi == en


def test_english_counts_one_thing_and_many_things_and_vietnamese_needs_no_plural() -> None:
    assert words("en").say("police.handed_over", count=1, codes="A") == "1 tip handed over: A"
    assert words("en").say("police.handed_over", count=2412, codes="A") == "2,412 tips handed over: A"
    assert words("vi").say("police.handed_over", count=2412, codes="A") == "Đã bàn giao 2.412 tin: A"


def test_every_sentence_is_nfc_and_says_something(speaker: Words) -> None:
    for key, text in speaker.sentences.items():
        assert unicodedata.is_normalized("NFC", text), key
        assert text.strip() == text, f"{key} begins or ends with blanks"
        assert text, key


def test_every_sentence_can_be_said(speaker: Words) -> None:
    for key in speaker.sentences:
        for text in spoken(speaker, key):
            assert text, key
            assert not set("{}") & set(text), f"{key}: {text}"


def test_english_has_no_vietnamese_left_in_it_but_names() -> None:
    # A flag for a sentence that was copied and not translated; the product's name and a place's stay as they are.
    vi, en = (words(name).sentences for name in LANGUAGES)
    same = {key for key in vi if vi[key] == en[key] and any(ord(letter) > 127 for letter in fold_free(vi[key]))}
    # Each language is offered by its own name.
    assert same == {"button.vi", "command.ngonngu"}


def fold_free(text: str) -> str:
    """The letters of a sentence without its icons, quotation marks and gaps."""
    return "".join(char for char in re.sub(r"{[^}]*}", "", text) if char.isalpha())


# Tone and length


def test_no_sentence_uses_a_word_that_was_ruled_out(speaker: Words) -> None:
    for key, text in speaker.sentences.items():
        used = [word for word in NEVER[speaker.language] if re.search(rf"\b{word}", text, re.IGNORECASE)]
        assert not used, f"{key} says {used}"


def test_a_screen_has_at_most_six_lines(speaker: Words) -> None:
    for key, text in speaker.sentences.items():
        assert len(text.splitlines()) <= LONGEST_SCREEN, key


def test_a_refusal_fits_into_a_toast(speaker: Words) -> None:
    for key in {*(refusal.key for refusal in refusals(*CHAT)), "police.received"}:
        assert all(utf16(text) <= LONGEST_TOAST for text in spoken(speaker, key)), key


def test_a_button_label_is_short_and_on_one_line(speaker: Words) -> None:
    for key in speaker.sentences:
        if key.startswith((*LABEL_TABLES, "queue.line")):
            longest = LONGEST_QUEUE_LINE if key.startswith("queue.line") else LONGEST_LABEL
            for text in spoken(speaker, key):
                assert len(text) <= longest, f"{key}: {text}"
                assert "\n" not in text, key


def test_an_inline_button_has_no_variation_selector(speaker: Words) -> None:
    # screens.md, trap 11: some phones show it as a box.
    for key, text in speaker.sentences.items():
        if key.startswith(("button.", "pick.", "outcome.", "queue.line")):
            assert "\ufe0f" not in text, key


# What the contract fixes


@pytest.mark.parametrize("label", CONTRACT)
def test_a_label_of_the_contract_stands_on_a_button_as_it_is(label: str) -> None:
    labels = {text for key, text in words("vi").sentences.items() if key.startswith(LABEL_TABLES)}
    assert label in {re.sub(r"^[^\w\s]*[0-9]?[^\w\s]* ?", "", text, count=1) for text in labels}


def test_a_receipt_and_a_summary_begin_as_the_contract_says() -> None:
    vi = words("vi")
    for key in ("tip.receipt", "tip.receipt_urgent"):
        assert "\nMã tin: K7QM-4XTP\n" in vi.say(key, code="K7QM-4XTP", due=MOMENT)
    title = vi.say("summary.title", day=date(2026, 11, 3), ward="phường Bắc Hồng")
    assert title == "Tổng hợp ngày 03/11/2026, phường Bắc Hồng"


def test_a_kind_is_picked_by_the_digit_that_stands_before_it(speaker: Words) -> None:
    offered = [button for row in CATEGORIES for button in row]
    assert {button.label for button in offered} == {f"pick.{kind.value}" for kind in Category}
    for button in offered:
        kind = speaker.say(button.label.replace("pick.", "kind."))
        assert speaker.say(button.label) == f"{button.digit} {kind}"


@pytest.mark.parametrize("name", ["button.", "pick.", "outcome.", "rating."])
def test_two_choices_never_read_alike_when_typed(speaker: Words, name: str) -> None:
    typed = [fold(speaker.sentences[name + key]) for key in table(speaker, name)]
    assert len(typed) == len(set(typed))


def test_a_label_of_the_keyboard_means_one_thing_in_every_language() -> None:
    meant = {(fold(words(name).sentences[f"keyboard.{label}"]), label) for name in LANGUAGES for label in LABELS}
    assert len({typed for typed, _ in meant}) == len(meant)


def test_a_command_that_a_sentence_names_exists(speaker: Words) -> None:
    known = {name for names, _, _ in COMMANDS for name in names}
    for key, text in speaker.sentences.items():
        assert set(re.findall(r"(?<!\S)/([a-z]+)", text)) <= known, key


# What code names


class Named(NamedTuple):
    """A key that code names, where, and the parameters that it brings (None: not to be read from the source)."""

    key: str
    where: str
    params: set[str] | None = None


ENUMS: dict[str, list[str]] = {
    "kind.": [kind.value for kind in Category],
    "pick.": [kind.value for kind in Category],
    "button.": [*(identity.value for identity in Identity), *(finding.value for finding in Finding)],
    "card.identity.": [identity.value for identity in Identity],
    "tip.known_as_": [identity.value for identity in Identity],
    "outcome.": [outcome.value for outcome in Outcome],
    "outcome_said.": [outcome.value for outcome in Outcome],
    "rating.": [rating.value for rating in Rating],
    "role.": [role.value for role in Role],
    "check_item.": [item.value for item in Item],
    "receipt.state.": [*(status.value for status in Status), "asked"],
    "keyboard.": list(LABELS),
}
# Arguments of `Turn.answer` that fill no gap.
NOT_PARAMS = {"buttons", "more", "keyboard", "remember", "edit"}
DOTTED = re.compile(r"[a-z_]+(\.[a-z_]+)+")


@pytest.mark.parametrize("prefix", ENUMS)
def test_every_member_of_an_enumeration_has_its_words(speaker: Words, prefix: str) -> None:
    missing = {prefix + member for member in ENUMS[prefix]} - set(speaker.sentences)
    assert not missing


def test_every_key_that_code_names_exists() -> None:
    known = words("vi").sentences
    missing = {f"{named.key} ({named.where})" for named in keys_in_code() if named.key not in known}
    assert not missing


def test_every_dotted_word_of_a_case_or_handler_is_a_key_or_a_press() -> None:
    # Catches a key that reaches a button or a message in a way that the test above doesn't read.
    # Facts and indicators have dotted names too.
    facts: tuple[indicators.Fact | indicators.Moment, ...] = (*indicators.FACTS, *indicators.MOMENTS)
    counted = {*(fact.name for fact in facts), *indicators.BY_NAME}
    known = {
        *words("vi").sentences,
        *PRESSES,
        *counted,
        *(named.key.removeprefix("refused.") for named in refusals(*CHAT)),
    }
    unknown = {f"{text} ({where})" for text, where in dotted(*CHAT) if text not in known}
    assert not unknown


def test_every_key_that_code_puts_together_can_exist() -> None:
    known = words("vi").sentences
    wrong = {f"{shape} ({where})" for shape, where in shaped_keys() if not any(re.fullmatch(shape, k) for k in known)}
    assert not wrong


def test_every_refusal_has_its_sentence() -> None:
    known = words("vi").sentences
    missing = {f"{named.key} ({named.where})" for named in refusals(*SPEAKING) if named.key not in known}
    assert not missing


def test_every_sentence_gets_what_its_gaps_ask_for() -> None:
    known = words("vi").sentences
    short = set()
    for named in (*keys_in_code(), *refusals(*SPEAKING)):
        if named.params is not None and named.key in known and not named_by(known[named.key]) <= named.params:
            short.add(f"{named.key} lacks {named_by(known[named.key]) - named.params} ({named.where})")
    assert not short


@cache
def sources(*packages: str) -> tuple[tuple[str, ast.Module], ...]:
    files = [file for package in packages for file in sorted((ROOT / package).rglob("*.py"))]
    return tuple((str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))) for file in files)


def nodes(*packages: str) -> Iterator[tuple[str, ast.AST]]:
    for name, tree in sources(*packages):
        for node in ast.walk(tree):
            yield f"{name}:{getattr(node, 'lineno', 0)}", node


def keys_in_code() -> Iterator[Named]:
    """Keys in `say("…")`, `answer("…")`, `key="…"`, `label="…"` and in pairs of a key and its parameters."""
    for where, node in nodes(*SPEAKING):
        if isinstance(node, ast.Call):
            yield from _of_call(node, where)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict):
            # A case's pair is complete; a handler adds what all its answers share.
            complete = where.startswith("cases")
            yield from _keys(node.elts[0], where, _keys_of(node.elts[1]) if complete else None)


def _of_call(call: ast.Call, where: str) -> Iterator[Named]:
    given = {argument.arg: argument.value for argument in call.keywords if argument.arg}
    spread = any(argument.arg is None for argument in call.keywords)
    if _name(call) in ("say", "said", "answer") and call.args:
        yield from _keys(call.args[0], where, None if spread else set(given) - NOT_PARAMS)
    if _name(call) == "_plain":
        yield from _keys(call.args[0], where, set())
    if _name(call) in ("Notice", "Button"):
        held = given.get("params")
        params = set() if held is None else _keys_of(held)
        for name in ("key", "label"):
            if name in given and "report" not in given:
                yield from _keys(given[name], where, params)


def _keys(node: ast.AST, where: str, params: set[str] | None) -> Iterator[Named]:
    """The literal keys that an expression may give: `"a.b" if urgent else "a.c"` gives both."""
    branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    for branch in branches:
        if isinstance(branch, ast.IfExp):
            yield from _keys(branch, where, params)
        elif isinstance(branch, ast.Constant) and isinstance(branch.value, str) and DOTTED.fullmatch(branch.value):
            yield Named(branch.value, where, params)


def _keys_of(node: ast.AST) -> set[str] | None:
    if not isinstance(node, ast.Dict):
        return None
    names = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
    return None if None in names else {str(name) for name in names}


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def refusals(*packages: str) -> Iterator[Named]:
    """Every `Refused("…")` as the key of its sentence."""
    for where, node in nodes(*packages):
        if isinstance(node, ast.Call) and _name(node) == "Refused" and isinstance(node.args[0], ast.Constant):
            names = [argument.arg for argument in node.keywords]
            params = None if None in names else {str(name) for name in names}
            yield Named(f"refused.{node.args[0].value!s}", where, params)


def dotted(*packages: str) -> Iterator[tuple[str, str]]:
    for where, node in nodes(*packages):
        # What an f-string begins with is looked at by `shaped_keys`.
        for part in ast.iter_child_nodes(node) if not isinstance(node, ast.JoinedStr) else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and DOTTED.fullmatch(part.value):
                yield part.value, where


def shaped_keys() -> Iterator[tuple[str, str]]:
    """Keys put together (`f"card.{line.kind}"`), as expressions that a key has to match."""
    tables = {key.split(".")[0] for key in words("vi").sentences}
    for where, node in nodes(*SPEAKING):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            first = str(node.values[0].value)
            parts = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values)
            if "." in first and first.split(".")[0] in tables and ":" not in first:
                yield "".join(parts), where
