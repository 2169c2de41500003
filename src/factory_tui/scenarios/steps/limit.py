"""`within`: a limit on time, judged apart from behaviour so that missing it alone has a class of its own."""

from factory_tui.scenarios.matchers import Mismatch


def check_within(limit: float | None, seconds: float) -> list[Mismatch]:
    if limit is None or seconds <= limit:
        return []
    return [Mismatch("within", f"{limit:g} s", f"{seconds:.2f} s")]
