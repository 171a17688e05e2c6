"""A page in HTML, read back: which tags and attributes it has, where its links lead, and its text."""

from html.parser import HTMLParser

TAGS = set(
    """
    html head meta title link style body a header p b main section div span h1 h2 h3 ol ul li dl dt dd code
    figure figcaption img svg path text footer
    """.split()  # noqa: SIM905  (one in each line would be two pages)
)
ATTRIBUTES = set(
    """
    lang charset http-equiv content name rel href class id tabindex aria-labelledby aria-describedby
    aria-hidden style viewbox focusable d x y width height src alt
    """.split()  # noqa: SIM905  (likewise)
)
TRICKS = (
    '"><script>alert(1)</script>',
    "<!--",
    "</style><img src=x onerror=alert(1)>",
    "' onmouseover='x",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "`<b>`",
    "&lt;b&gt;",
    "]]>",
)


class Seen(HTMLParser):
    """The tags and attributes of a page, where its links lead, and its text."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.comments: list[str] = []
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag."""
        self.tags.add(tag)
        self.inside = tag
        self._part(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        """Take text, but that of the style sheet."""
        if self.inside != "style":
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        self.inside = ""
        self._part(tag)

    def handle_comment(self, data: str) -> None:
        """Take a comment."""
        self.comments.append(data)

    def _part(self, tag: str) -> None:
        if tag not in {"a", "b", "code"}:
            self.words.append(" ")

    @property
    def text(self) -> str:
        """The text, with one space for each gap."""
        return " ".join("".join(self.words).split())
