"""What people read: the words, the figures and the pictures of a day."""
