"""Formatting is read as strictly as Telegram reads it."""

import pytest

from simulator.markdown import parse_markdown, parse_markdown_v2
from simulator.markup import BadMarkup, parse_html


def marks(entities: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(entity.values())[:3] for entity in entities]


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("a &lt;b&gt; &amp;&#225;&nbsp;", "a <b> &á&nbsp;", []),
        ("🌿<b>a<i>b</i></b>", "🌿ab", [(2, 2, "bold"), (3, 1, "italic")]),
        ("<pre><code class='language-py'>x</code></pre>", "x", [(0, 1, "pre")]),
        ('<a href="https://a.example/?b&amp;c">x</a>', "x", [(0, 1, "text_link")]),
        ('<a href="tg://user?id=5">x</a>', "x", [(0, 1, "text_mention")]),
        ("<blockquote expandable>x</blockquote>", "x", [(0, 1, "expandable_blockquote")]),
        ('<span class="tg-spoiler">x</span><b></b>', "x", [(0, 1, "spoiler")]),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", [(0, 2, "custom_emoji")]),
    ],
)
def test_html(source: str, text: str, expected: list[tuple[object, ...]]) -> None:
    read, entities = parse_html(source)
    assert (read, marks(entities)) == (text, expected)


@pytest.mark.parametrize("source", ["a < b", "<b>", "</b>", "<b><i></b></i>", "<br>", "<div>a</div>", "<span>a</span>"])
def test_bad_html(source: str) -> None:
    with pytest.raises(BadMarkup):
        parse_html(source)


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("*a _b_* \\. 1", "a b . 1", [(0, 3, "bold"), (2, 1, "italic")]),
        ("__a__ ~b~ ||c||", "a b c", [(0, 1, "underline"), (2, 1, "strikethrough"), (4, 1, "spoiler")]),
        ("`a\\`b` ```py\nx*y```", "a`b x*y", [(0, 3, "code"), (4, 3, "pre")]),
        ("[a\\.b](https://a.example/\\))", "a.b", [(0, 3, "text_link")]),
        (">a\n>b\nc", "a\nb\nc", [(0, 3, "blockquote")]),
        ("![👍](tg://emoji?id=5)", "👍", [(0, 2, "text_link")]),
    ],
)
def test_markdown_v2(source: str, text: str, expected: list[tuple[object, ...]]) -> None:
    read, entities = parse_markdown_v2(source)
    assert (read, marks(entities)) == (text, expected)


@pytest.mark.parametrize("source", ["a.", "1-2", "*a", "*_a*_", "[a]", "[a](b", "`a", "a > b", "a!", "|a|", "x]"])
def test_bad_markdown_v2(source: str) -> None:
    with pytest.raises(BadMarkup):
        parse_markdown_v2(source)


def test_old_markdown() -> None:
    read, entities = parse_markdown("*a* _b_ `c` \\* [d](https://d.example)")
    assert read == "a b c * d"
    assert [entity["type"] for entity in entities] == ["bold", "italic", "code", "text_link"]
    with pytest.raises(BadMarkup):
        parse_markdown("a_b")
