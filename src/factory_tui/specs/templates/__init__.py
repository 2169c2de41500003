"""Templates of specs, the packaged ones beside the code: what they ask, their versions, and amendments of them."""
