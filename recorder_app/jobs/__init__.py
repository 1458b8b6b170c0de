"""Durable work in the background: what the jobs are and what runs them."""
