"""The recording graph: synchronizer, encoders, muxer and the session that owns them."""
