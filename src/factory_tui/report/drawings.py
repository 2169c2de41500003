"""Small drawings of the page, as SVG without any style of its own: the style sheet colours the classes. Pure."""

from collections.abc import Iterable

from factory_tui.report.markup import Html, el, join


def stacked(parts: Iterable[tuple[str, int]], said: str) -> Html:
    """One bar made of parts, each as wide as its share. Parts are classes of the style sheet and numbers."""
    shown = [(name, number) for name, number in parts if number]
    total = sum(number for _, number in shown)
    # A part is at least one hundredth wide, so that one run among a thousand is seen.
    widths = [max(number / total, 0.01) for _, number in shown]
    scale = 100 / sum(widths) if widths else 0
    pieces, left = [], 0.0
    for (name, _), width in zip(shown, widths, strict=True):
        pieces.append(_rect(left, width * scale, name))
        left += width * scale
    return _svg(join(*pieces), said, "stack")


def meter(share: float, tone: str, said: str) -> Html:
    """A bar that is `share` full."""
    full = max(0.0, min(share, 1.0)) * 100
    return _svg(join(_rect(0, 100, "track"), _rect(0, full, tone)), said, "meter")


def beside(now: int, before: int, most: int, said: str) -> Html:
    """Two thin bars: this batch above the one before. `most` is the number that fills the width."""
    top = _rect(0, 100 * now / most if most else 0, "bad", height=5)
    below = _rect(0, 100 * before / most if most else 0, "past", y=7, height=3)
    return _svg(join(top, below), said, "beside")


def interval(low: float, value: float | None, high: float, said: str) -> Html:
    """A rate with its interval on a scale from 0 to 100 %."""
    mark = _rect(100 * value - 0.5, 1, "bad", height=10) if value is not None else Html()
    return _svg(
        join(_rect(0, 100, "track", y=4, height=2), _rect(100 * low, 100 * (high - low), "span", y=3, height=4), mark),
        said,
        "interval",
    )


def _rect(x: float, width: float, name: str, *, y: float = 0, height: float = 10) -> Html:
    place = {"x": f"{x:.2f}", "y": f"{y:g}", "width": f"{width:.2f}", "height": f"{height:g}"}
    return el("rect", class_=name, **place)


def _svg(inside: Html, said: str, name: str) -> Html:
    return el("svg", inside, class_=name, viewBox="0 0 100 10", preserveAspectRatio="none", role="img", aria_label=said)
