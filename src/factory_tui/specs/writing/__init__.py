"""The few changes that the factory makes to spec files: each a whole file, never over what another program wrote."""
