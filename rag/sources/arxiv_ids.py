"""arXiv identifiers: what one is, and the one form under which the library knows it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Archives that gave out ids before April 2007, https://info.arxiv.org/help/arxiv_identifier.html
ARCHIVES = frozenset(
    ("acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph")
    + ("cmp-lg", "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex", "hep-lat", "hep-ph")
    + ("hep-th", "math", "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol", "physics", "plasm-ph")
    + ("q-alg", "q-bio", "quant-ph", "solv-int", "supr-con")
)


@dataclass(frozen=True, slots=True)
class ArxivRef:
    """A paper on arXiv. ``base_id`` has no version; ``version`` None means the newest."""

    base_id: str
    version: int | None = None

    def __str__(self) -> str:
        """Return the id as arXiv writes it: ``1502.03167v3``, ``quant-ph/0201082``."""
        return self.base_id if self.version is None else f"{self.base_id}v{self.version}"


class MalformedArxivId(ValueError):
    """Looks like an arXiv id and cannot be one; the message is a clause that fits after "because"."""


def parse_arxiv_id(text: str) -> ArxivRef | None:
    """Read a bare id, old or new, with or without version; None when it does not look like one.

    Old ids lose their subject class, which was never part of the identity: ``math.GT/0309136`` is ``math/0309136``.
    Raises MalformedArxivId for what looks like an id and is none ("1513.00001").

    >>> parse_arxiv_id("1502.03167v3")
    ArxivRef(base_id='1502.03167', version=3)
    """
    if (new := _NEW.fullmatch(text)) is not None:
        return ArxivRef(_new_base(new["yymm"], new["number"]), _version(new["version"]))
    if (old := _OLD.fullmatch(text)) is not None and old["archive"].lower() in ARCHIVES:
        return ArxivRef(_old_base(old["archive"].lower(), old["yymm"], old["number"]), _version(old["version"]))
    return None


_NEW = re.compile(r"(?P<yymm>[0-9]{4})\.(?P<number>[0-9]{4,5})(?:v(?P<version>[0-9]{1,3}))?", re.IGNORECASE)
_OLD = re.compile(
    r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z]{2,}(?:-[a-z]+)*)?/(?P<yymm>[0-9]{4})(?P<number>[0-9]{3})"
    r"(?:v(?P<version>[0-9]{1,3}))?",
    re.IGNORECASE,
)
_FIRST_NEW = "0704"  # the scheme with a point began in April 2007
_FIRST_FIVE_DIGITS = "1501"


def _new_base(yymm: str, number: str) -> str:
    _check_month(yymm)
    if yymm < _FIRST_NEW:
        raise MalformedArxivId(f"arXiv ids with a point begin with {_FIRST_NEW} (April 2007)")
    wanted = 5 if yymm >= _FIRST_FIVE_DIGITS else 4
    if len(number) != wanted:
        since = "since 2015" if wanted == 5 else "before 2015"
        raise MalformedArxivId(f"arXiv ids {since} have {wanted} digits after the point")
    _check_number(number)
    return f"{yymm}.{number}"


def _old_base(archive: str, yymm: str, number: str) -> str:
    _check_month(yymm)
    if not (yymm >= "9107" or yymm < _FIRST_NEW):  # July 1991 to March 2007
        raise MalformedArxivId("arXiv ids with an archive name are from July 1991 to March 2007")
    _check_number(number)
    return f"{archive}/{yymm}{number}"


def _check_month(yymm: str) -> None:
    if not 1 <= int(yymm[2:]) <= 12:
        raise MalformedArxivId(f"an arXiv id begins with year and month, and there is no month {yymm[2:]}")


def _check_number(number: str) -> None:
    if int(number) == 0:
        raise MalformedArxivId("arXiv counts the papers of a month from 1")


def _version(digits: str | None) -> int | None:
    if digits is None:
        return None
    if int(digits) == 0:
        raise MalformedArxivId("arXiv counts versions from v1")
    return int(digits)
