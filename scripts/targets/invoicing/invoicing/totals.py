"""Net, tax per rate, and gross of an invoice."""

from dataclasses import dataclass

from invoicing import amounts


@dataclass
class Totals:
    net: float
    tax: dict
    gross: float


def total(lines):
    """Add up the lines of an invoice; tax is keyed by its rate in percent."""
    net = 0.0
    tax = {}
    for line in lines:
        amount = amounts.parse(line["net"])
        rate = line["tax"]
        net += amount
        tax[rate] = tax.get(rate, 0.0) + round(amount * rate / 100, 2)
    return Totals(net=net, tax=tax, gross=net + sum(tax.values()))
