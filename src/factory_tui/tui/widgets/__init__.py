"""What screens are made of. Widgets know views and tones, never the source."""
