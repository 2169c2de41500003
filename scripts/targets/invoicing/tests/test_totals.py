import unittest

from invoicing import amounts
from invoicing.totals import total


class TotalsTest(unittest.TestCase):
    def test_one_line(self):
        totals = total([{"text": "Workshop", "net": "100.00", "tax": 19}])
        self.assertEqual(amounts.show(totals.net), "100.00")
        self.assertEqual(amounts.show(totals.tax[19]), "19.00")
        self.assertEqual(amounts.show(totals.gross), "119.00")

    def test_two_rates_are_kept_apart(self):
        totals = total(
            [
                {"text": "Book", "net": "20.00", "tax": 7},
                {"text": "Pen", "net": "10.00", "tax": 19},
            ]
        )
        self.assertEqual(amounts.show(totals.tax[7]), "1.40")
        self.assertEqual(amounts.show(totals.tax[19]), "1.90")

    def test_an_amount_with_three_fraction_digits_is_refused(self):
        with self.assertRaises(amounts.InvalidAmount):
            total([{"text": "Nail", "net": "0.125", "tax": 19}])


if __name__ == "__main__":
    unittest.main()
