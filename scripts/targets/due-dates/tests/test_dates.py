import datetime
import unittest

from dates import OutOfBounds, due_date, parse_date, parse_days


class DatesTest(unittest.TestCase):
    def test_days_are_added_across_a_month(self):
        self.assertEqual(due_date(datetime.date(2024, 1, 30), 14), datetime.date(2024, 2, 13))

    def test_a_day_that_no_month_has_is_refused(self):
        with self.assertRaises(OutOfBounds):
            parse_date("2024-04-31")

    def test_more_than_a_year_is_refused(self):
        with self.assertRaises(OutOfBounds):
            parse_days("366")


if __name__ == "__main__":
    unittest.main()
