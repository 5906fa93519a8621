"""What tests of several folders need: real parts joined, and fakes with names. No test is in here."""
