import unittest

from booking import Booking, conflicts


class ConflictsTest(unittest.TestCase):
    def test_overlapping_bookings_of_one_room(self):
        first, second = Booking("a", "red", 60, 120), Booking("b", "red", 90, 150)
        self.assertEqual(conflicts([first, second]), [(first, second)])

    def test_two_rooms_never_conflict(self):
        self.assertEqual(conflicts([Booking("a", "red", 60, 120), Booking("b", "blue", 60, 120)]), [])

    def test_a_booking_may_start_when_another_ends(self):
        self.assertEqual(conflicts([Booking("a", "red", 60, 120), Booking("b", "red", 120, 180)]), [])


if __name__ == "__main__":
    unittest.main()
