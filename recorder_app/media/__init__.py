"""What is known about PyAV: clocks, frames, pixel conversion, encoders and containers."""
