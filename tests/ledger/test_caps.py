from hypothesis import given
from hypothesis import strategies as st

from factory_tui.ledger import Caps, Fit, Refuse, Spent, Tally, Wait, fits
from factory_tui.model.money import MicroUsd

amounts = st.integers(0, 2_000).map(MicroUsd)
tallies = st.builds(Tally, amounts, amounts)
caps_of = st.builds(Caps, *[st.none() | amounts] * 4)
spent_of = st.builds(Spent, tallies, tallies, tallies)


def scopes(caps: Caps, spent: Spent):
    return ((caps.run, spent.run), (caps.batch, spent.batch), (caps.day, spent.day))


@given(caps_of, spent_of, amounts)
def test_what_fits_keeps_every_cap(caps: Caps, spent: Spent, wanted: MicroUsd) -> None:
    if isinstance(fits(caps, spent, wanted), Fit):
        assert caps.call is None or wanted <= caps.call
        for cap, tally in scopes(caps, spent):
            assert cap is None or tally.spent + tally.reserved + wanted <= cap


@given(caps_of, spent_of, amounts)
def test_what_does_not_fit_would_break_a_cap(caps: Caps, spent: Spent, wanted: MicroUsd) -> None:
    if not isinstance(fits(caps, spent, wanted), Fit):
        assert (caps.call is not None and wanted > caps.call) or any(
            cap is not None and tally.spent + tally.reserved + wanted > cap for cap, tally in scopes(caps, spent)
        )


@given(caps_of, spent_of, amounts)
def test_waiting_is_only_for_what_could_fit_once_nothing_is_reserved(
    caps: Caps, spent: Spent, wanted: MicroUsd
) -> None:
    unreserved = Spent(*(Tally(tally.spent) for tally in (spent.run, spent.batch, spent.day)))
    answer = fits(caps, spent, wanted)
    if isinstance(answer, Wait):
        assert fits(caps, unreserved, wanted) == Fit()
    elif isinstance(answer, Refuse):
        assert isinstance(fits(caps, unreserved, wanted), Refuse)


def test_a_refusal_names_the_cap_and_what_is_spent_under_it() -> None:
    spent = Spent(batch=Tally(MicroUsd(90), MicroUsd(5)))
    assert fits(Caps(batch=MicroUsd(100)), spent, MicroUsd(20)) == Refuse("batch", MicroUsd(100), MicroUsd(90))


def test_a_refusal_by_one_cap_beats_waiting_for_another() -> None:
    spent = Spent(run=Tally(reserved=MicroUsd(95)), day=Tally(MicroUsd(99)))
    answer = fits(Caps(run=MicroUsd(100), day=MicroUsd(100)), spent, MicroUsd(10))
    assert isinstance(answer, Refuse)
    assert answer.cap == "day"
