"""The process: settings, wiring, command line, intake from Telegram and delivery to Telegram."""
