"""Where pictures come from: monitors, windows, regions and the synthetic pattern."""
