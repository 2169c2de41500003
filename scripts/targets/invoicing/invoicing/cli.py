"""`invoice total FILE`: print the totals of one invoice."""

import json
import sys

from invoicing import amounts
from invoicing.totals import total

USAGE = "usage: invoice total FILE"


def main(argv):
    if len(argv) != 2 or argv[0] != "total":
        print(USAGE, file=sys.stderr)
        return 2
    try:
        with open(argv[1], encoding="utf-8") as file:
            invoice = json.load(file)
    except FileNotFoundError:
        print(f"no such file: {argv[1]}", file=sys.stderr)
        return 2
    try:
        totals = total(invoice["lines"])
    except amounts.InvalidAmount as error:
        print(f"invalid amount: {error}", file=sys.stderr)
        return 2
    print(f"invoice {invoice['number']}")
    print(f"net {amounts.show(totals.net)}")
    for rate in sorted(totals.tax):
        print(f"tax {rate}% {amounts.show(totals.tax[rate])}")
    print(f"gross {amounts.show(totals.gross)}")
    return 0
