import unittest

from booking import BadBooking, read


class ReadingTest(unittest.TestCase):
    def test_a_file_without_lines_has_no_bookings(self):
        self.assertEqual(read([]), [])

    def test_a_booking_has_all_its_fields(self):
        (booking,) = read(["a,red,60,90\n"])
        self.assertEqual((booking.id, booking.room, booking.start, booking.end), ("a", "red", 60, 90))

    def test_three_fields_are_no_booking(self):
        with self.assertRaises(BadBooking):
            read(["a,red,60"])

    def test_a_booking_ends_after_it_starts(self):
        with self.assertRaises(BadBooking):
            read(["a,red,60,60"])
