"""Files to and from the bank, and to the economy system: text to facts and back."""

from kvitt.settlement.exchange.bank_answers import read_bank_file
from kvitt.settlement.exchange.pain001 import write_payments
from kvitt.settlement.exchange.sie import write_vouchers

__all__ = ["read_bank_file", "write_payments", "write_vouchers"]
