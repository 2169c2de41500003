"""Totals of an invoice from its lines."""
