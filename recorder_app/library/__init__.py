"""The local library: recordings, sessions, edits and what people wrote about them."""
