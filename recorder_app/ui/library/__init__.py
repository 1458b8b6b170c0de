"""The library window: finding recordings among very many, and what is done with them."""
