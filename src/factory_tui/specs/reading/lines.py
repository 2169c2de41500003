"""Lines as Markdown and editors count them: ended by LF, CRLF or CR, and by nothing else."""

import re

LINE_END = re.compile(r"\r\n?|\n")


def split_lines(text: str) -> list[str]:
    """Lines without their ends."""
    return LINE_END.split(text) if "\r" in text else text.split("\n")


def line_ends(text: str) -> list[int]:
    """Offset behind the end of each line that has one."""
    return [match.end() for match in LINE_END.finditer(text)]
