"""Print the letters of a PDF, a page a line: a program of its own, so that a hostile file can be stopped.

It imports nothing of this project, so that it starts at once, and is run by its path.
"""

import ctypes
import json
import math
import sys
from collections.abc import Iterator
from itertools import islice

import pypdfium2
import pypdfium2.raw as pdfium

THIN = 2.0  # points; a rectangle as thin is a rule
SHORTEST_RULE = 8.0
MOST_LETTERS = 40_000  # of a page; a page of a newspaper has fewer
MOST_OBJECTS = 50_000
MOST_RULES = 1_000  # of a page; a map drawn of lines is no table


def main(path: str, most_pages: int, most_bytes: int) -> None:
    """Print one JSON line with the count of pages or what is wrong, then one for each page."""
    _limit_memory(most_bytes)
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        _tell({"fault": "locked" if is_locked else "broken"})
        return
    count = len(document)
    _tell({"pages": count})
    for number in range(count if count <= most_pages else 0):
        _tell(_read_page(document, number))


def _tell(page: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(page) + "\n")
    sys.stdout.flush()


def _limit_memory(most_bytes: int) -> None:
    """Let this program have so much memory, where the system can hold it to that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))


def _read_page(document: pypdfium2.PdfDocument, number: int) -> dict[str, object]:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return {"broken": True}
    width, height = page.get_size()
    text = page.get_textpage()
    letters = list(_letters(text.raw, height))
    rules, picture = _drawn(page, width, height)
    text.close()
    page.close()
    return {
        "width": width,
        "height": height,
        "letters": letters,
        "rules": rules,
        "picture": picture,
    }


def _letters(text: pdfium.FPDF_TEXTPAGE, height: float) -> Iterator[tuple[object, ...]]:
    """Yield code, x and y of the pen (points from the upper left), left and right edge, and size."""
    x, y = ctypes.c_double(), ctypes.c_double()
    sides = [ctypes.c_double() for _ in range(4)]
    matrix = pdfium.FS_MATRIX()
    for index in range(min(pdfium.FPDFText_CountChars(text), MOST_LETTERS)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if pdfium.FPDFText_IsGenerated(text, index) == 1 or code < 0x20:
            continue
        left, right, bottom, top = sides
        pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        pdfium.FPDFText_GetMatrix(text, index, matrix)
        size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        yield (
            code,
            round(x.value, 2),
            round(height - y.value, 2),
            round(left.value, 2),
            round(right.value, 2),
            round(size, 2),
        )


def _drawn(page: pypdfium2.PdfPage, width: float, height: float) -> tuple[list[list[float]], float]:
    """Return the rules of a page (left, top, right, bottom) and the share that pictures cover."""
    rules: list[list[float]] = []
    covered = 0.0
    for item in islice(page.get_objects(max_depth=3), MOST_OBJECTS):
        try:
            left, bottom, right, top = item.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        elif item.type == pdfium.FPDF_PAGEOBJ_PATH:
            box = [left, height - top, right, height - bottom]
            rules += [[round(side, 1) for side in rule] for rule in _rules_of(box)]
    return rules if len(rules) <= MOST_RULES else [], round(
        min(1.0, covered / max(1.0, width * height)), 3
    )


def _rules_of(box: list[float]) -> list[list[float]]:
    """Return a thin box as one rule, a larger one as the four rules around it."""
    left, top, right, bottom = box
    wide, tall = right - left, bottom - top
    if max(wide, tall) < SHORTEST_RULE:
        return []
    if min(wide, tall) <= THIN:
        return [box]
    return [
        [left, top, right, top],
        [left, bottom, right, bottom],
        [left, top, left, bottom],
        [right, top, right, bottom],
    ]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
