"""Small widgets of the chat."""
