"""The page of the simulator: phones in a browser, beside the Bot API on the same port."""
