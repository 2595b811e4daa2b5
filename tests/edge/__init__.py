"""The Telegram edge: calls and what their failures mean, pacing, delivery, intake, and the web server."""
