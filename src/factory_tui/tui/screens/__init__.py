"""The screens of the control room, one file each, with their styles beside them."""
