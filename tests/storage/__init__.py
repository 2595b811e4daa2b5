"""Tests of tables, engines, migrations and locks; every one that touches a database runs on both engines."""
