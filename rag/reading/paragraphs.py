"""Walk the rows in reading order and gather them into drafts: paragraphs, captions, tables, equations, theorems."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.domain.reading import Kind
from rag.reading.drafts import Draft, ends_sentence
from rag.reading.equations import Equation
from rag.reading.headings import Heading
from rag.reading.items import Item
from rag.reading.measure import Measure
from rag.reading.printed import Role, Row
from rag.reading.prose import starts_footnote, starts_item
from rag.reading.runin import run_in_length

_THEOREM = re.compile(
    r"(?P<kind>Theorem|Lemma|Proposition|Corollary|Definition|Assumption|Conjecture|Claim|Example|Remark|THEOREM|LEMMA)\s+"
    r"(?P<number>\d+(?:\.\d+)*|[A-Z](?:\.\d+)+)(?P<after>\s*[.:(\[]|\s*$|\s+)"
)
_PROOF = re.compile(r"(?:Proof|PROOF)\b")
_ABSTRACT_RUN_IN = re.compile(r"(?:Abstract|ABSTRACT)\s*[.:—–-]")


class Gatherer:
    """Takes rows one by one; ``drafts`` holds what they became, in the order in which each began."""

    def __init__(
        self, *, headings: Mapping[int, Heading], items: Sequence[Item], equations: Sequence[Equation], measure: Measure
    ) -> None:
        self.drafts: list[Draft] = []
        self.references: list[Row] = []
        self._headings, self._items, self._equations, self._measure = headings, items, equations, measure
        self._path: list[tuple[int, str]] = []
        self._open: Draft | None = None  # the paragraph that rows may still join
        self._theorem: Draft | None = None
        self._broken: Draft | None = None  # a paragraph that ended within a sentence
        self._abstract = 0.0  # points
        self._waiting: list[Draft] = []  # equations that want the sentence after them
        self._done: set[int] = set()  # items
        self._seen: set[int] = set()  # equations

    def take(self, rows: Sequence[Row]) -> None:
        """Take the rows of one page."""
        for row in rows:
            if row.role is Role.PROSE:
                self._prose(row)
            elif row.role is Role.HEADING and id(row) in self._headings:
                self._heading(self._headings[id(row)])
            elif row.role is Role.CAPTION:
                self._item(row.item)
            elif row.role is Role.EQUATION:
                self._equation(row.item)
            elif row.role is Role.DISPLAY and self._open is not None:
                self._open.rows.append(row)
            elif row.role is Role.REFERENCE:
                self.references.append(row)
        self._footnotes([row for row in rows if row.role is Role.FOOTNOTE and row.page > 1])

    @property
    def _section(self) -> tuple[str, ...]:
        return tuple(name for _, name in self._path)

    def _heading(self, heading: Heading) -> None:
        self._path = [(depth, name) for depth, name in self._path if depth < heading.depth]
        self._path.append((heading.depth, heading.name))
        self._close()

    def _close(self) -> None:
        self._open = self._theorem = None
        self._waiting, self._broken = [], None

    def _prose(self, row: Row) -> None:
        if self._theorem is not None:
            if self._stays_in_theorem(row):
                self._theorem.rows.append(row)
                self._open = self._theorem
                return
            self._theorem = self._open = None
        if self._goes_on(row):
            self._open, self._broken = self._broken, None
        if self._open is not None and self._joins(self._open, row):
            self._open.rows.append(row)
            return
        self._begin(row)

    def _goes_on(self, row: Row) -> bool:
        """Whether a row takes up the paragraph broken off by other words (those of a figure at the head of a page)."""
        broken, between = self._broken, self._open
        if broken is None or between is None or not row.text[0].islower():
            return False
        last, above = broken.rows[-1], between.rows[-1]
        alike = abs(row.size - last.size) <= 0.3 and abs(row.indent) < 4 and row.page - last.page <= 1
        other = abs(above.size - row.size) > 0.3 or min(r.indent for r in between.rows) > 8
        step = row.rect.y1 - above.rect.y1
        apart = above.page != row.page or above.column != row.column or not 0 < step < 1.4 * self._measure.leading
        return alike and other and apart

    def _begin(self, row: Row) -> None:
        if self._open is not None and self._open.kind is Kind.TEXT and _breaks_off(self._open.rows[-1]):
            self._broken = self._open
        label = theorem_label(row)
        abstract = self._path and self._path[-1][1].casefold() == "abstract"
        if (not self._path and row.page == 1) or _ABSTRACT_RUN_IN.match(row.text):
            abstract = True
        if abstract:
            abstract = abs(row.size - self._abstract_size(row)) < 0.4
        kind = Kind.THEOREM if label else Kind.ABSTRACT if abstract else Kind.TEXT
        section = ("Abstract",) if abstract else () if self._section == ("Abstract",) else self._section
        self._open = Draft(kind, section, [row], label)
        self._theorem = self._open if label else None
        self.drafts.append(self._open)
        for equation in self._waiting:
            equation.after = self._open
        self._waiting = []

    def _abstract_size(self, row: Row) -> float:
        """Return the print size of the abstract, this row's when it begins it."""
        self._abstract = self._abstract or row.size
        return self._abstract

    def _stays_in_theorem(self, row: Row) -> bool:
        assert self._theorem is not None
        if _PROOF.match(row.text) or theorem_label(row):
            return False
        last = self._theorem.rows[-1]
        if last.role in (Role.EQUATION, Role.DISPLAY):
            return row.text[0].islower() or self._is_italic(row)
        if not self._joins(self._theorem, row):
            return self._is_italic(self._theorem.rows[0]) and self._is_italic(row)
        return True

    @staticmethod
    def _is_italic(row: Row) -> bool:
        words = [span for span in row.spans if not span.font.startswith(("CM", "MS"))] or list(row.spans)
        letters = sum(len(span.text) for span in words)
        return sum(len(span.text) for span in words if span.italic) > 0.45 * letters

    def _joins(self, draft: Draft, row: Row) -> bool:
        """Whether a row goes on with the paragraph that is open."""
        above = draft.rows[-1]
        if theorem_label(row) or _PROOF.match(row.text) or row.page > above.page + 1:
            return False
        if above.role is not Role.PROSE:
            if run_in_length(row) and ends_sentence(above.text):
                return False
            return row.text[0].islower() or (row.indent < 3 and self._measure.indents) or not ends_sentence(above.text)
        alike = min(abs(row.size - above.size), abs(row.top_size - above.top_size)) <= 1.2  # small capitals are alike
        if alike and above.text.endswith("-") and row.page == above.page:
            return True  # within a word: "GPT-" and "3) they", which looks like an item
        if starts_item(row) or not alike:
            return False
        step = row.rect.y1 - above.rect.y1
        if row.page != above.page or row.column != above.column or step <= 0 or step > 2.2 * self._measure.leading:
            return row.text[0].islower() or (_breaks_off(above) and self._is_set_like(row, above))
        return not self._breaks(draft, above, row, step)

    @staticmethod
    def _is_set_like(row: Row, above: Row) -> bool:
        """Whether a row of another column or page is set like the one that it might go on from."""
        sizes = min(abs(row.size - above.size), abs(row.top_size - above.top_size))
        return sizes <= 0.3 and min(abs(row.indent), abs(row.indent - above.indent)) < 4

    def _breaks(self, draft: Draft, above: Row, row: Row, step: float) -> bool:
        """Whether a new paragraph begins at a row right below the last one."""
        ended = ends_sentence(above.text)
        if step > 1.4 * self._measure.leading:
            return ended or not row.text[0].islower()
        inset = max(r.rect.x1 for r in draft.rows[-6:]) if len(draft.rows) > 1 else above.right
        short = above.rect.x1 < min(inset, above.right) - 0.1 * above.column_width
        hanging = starts_item(draft.rows[0])
        if row.rect.x0 > above.rect.x0 + 5 and row.indent < 45 and not (hanging and above is draft.rows[0]):
            return ended or short
        bold_start = row.spans[0].bold and not above.bold and row.text[0].isupper() and not row.bold
        if bold_start and ended and (short or step > 1.2 * self._measure.leading):
            return True
        return ended and short and row.text[0].isupper() and not hanging

    def _item(self, index: int) -> None:
        if index in self._done:
            return
        self._done.add(index)
        item = self._items[index]
        if item.kind in {"Algorithm", "Listing"}:
            lines = tuple(row.text for row in (*item.caption, *item.body))
            kind = Kind.THEOREM if item.kind == "Algorithm" else Kind.TEXT
            self.drafts.append(Draft(kind, self._section, [*item.caption, *item.body], item.label, lines=lines))
            return
        caption = Draft(Kind.CAPTION, self._section, item.caption, item.label)
        self.drafts.append(caption)
        if item.body:
            self.drafts.append(Draft(Kind.TABLE, self._section, [*item.caption, *item.body], item.label))

    def _equation(self, index: int) -> None:
        equation = self._equations[index]
        if index in self._seen:
            return
        self._seen.add(index)
        draft = Draft(Kind.EQUATION, self._section, equation.rows, equation.label, before=self._open or self._before())
        if self._theorem is not None:
            self._theorem.rows.extend(equation.rows)
        else:
            self._open = None
        self.drafts.append(draft)
        self._waiting.append(draft)

    def _before(self) -> Draft | None:
        """Return the text before the equations that stand right above, if any."""
        return self._waiting[-1].before if self._waiting else None

    def _footnotes(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if starts_footnote(row) or not self.drafts or self.drafts[-1].rows[-1].role is not Role.FOOTNOTE:
                self.drafts.append(Draft(Kind.TEXT, self._section, [row]))
            else:
                self.drafts[-1].rows.append(row)


def _breaks_off(row: Row) -> bool:
    return row.role is Role.PROSE and row.reaches_right and not ends_sentence(row.text)


def theorem_label(row: Row) -> str | None:
    """Return "Theorem 1" when the row begins a statement of that name, else None ("Theorem 1 shows that ...")."""
    match = _THEOREM.match(row.text)
    if match is None:
        return None
    styled = row.spans[0].bold or (row.spans[0].italic and not row.italic) or row.spans[0].text.isupper()
    marked = match["after"].strip() in {".", ":"}
    if not styled and not marked:
        return None
    return f"{match['kind'].capitalize()} {match['number']}"
