"""Markdown read back with a parser: what it is made of, and what a reader sees."""

from markdown_it import MarkdownIt

# Tables and strikethrough are GitHub's; everything of CommonMark, HTML included, is on.
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
BLOCKS = {
    f"{block}_{end}"
    for block in ("heading", "paragraph", "bullet_list", "list_item")
    for end in ("open", "close")
}
KINDS = {*BLOCKS, "inline", "text", "code_inline", "text_special"}


def shown(text: str) -> tuple[set[str], str]:
    """The kinds of blocks and of inline parts that a page has, and the text that a reader sees."""
    kinds, words = set(), []
    for token in PARSER.parse(text):
        kinds.add(token.type)
        for part in token.children or ():
            kinds.add(part.type)
            words.append(part.content)
    return kinds, "".join(words)
