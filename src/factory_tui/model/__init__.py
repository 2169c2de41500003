"""The nouns of the product. Pure types; imports nothing of ours."""
