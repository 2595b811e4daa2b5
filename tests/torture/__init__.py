"""Proofs of reliability and secrecy: kills, byte scans, an attack; each with a planted defect that it must find."""
