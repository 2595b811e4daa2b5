"""What the product does: one public function is one change, inside the unit that it is given."""
