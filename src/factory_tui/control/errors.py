"""What can go wrong between a client and the engine, in words for the operator."""


class ControlError(Exception):
    """The engine could not be reached or did not do what was asked.

    Args:
        what: what happened.
        todo: what to do about it.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(f"{what}\n{todo}")
        self.what, self.todo = what, todo


class NoEngine(ControlError):
    """No engine answers for the workspace."""


class Refused(ControlError):
    """The engine answered, and said no.

    Attributes:
        missing: because something that it needs is missing (a key, a container engine, a price).
    """

    def __init__(self, what: str, todo: str, missing: bool = False) -> None:
        super().__init__(what, todo)
        self.missing = missing


class ConfigurationDiffers(Refused):
    """The running engine works with another configuration.

    Attributes:
        keys: the keys whose values differ, as `section.key`.
    """

    def __init__(self, what: str, todo: str, keys: tuple[str, ...]) -> None:
        super().__init__(what, todo)
        self.keys = keys
