"""The rules, each with a test that can fail; nothing here touches a database, a network or a clock."""
