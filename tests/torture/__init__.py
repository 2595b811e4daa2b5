"""Proofs of reliability and secrecy: kills under load, byte scans, an attack; each with a planted defect it must find."""
