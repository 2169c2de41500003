"""Errors in the API's own shape: `{"type": "error", "error": {"type", "message"}, "request_id"}`."""

_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}
"""Status of each type, from the API's table of errors."""


class ApiError(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind, self.message, self.code, self.headers = kind, message, code, headers
        self.status = status if status is not None else _STATUS[kind]

    def body(self, request_id: str) -> dict[str, object]:
        error: dict[str, object] = {"type": self.kind, "message": self.message}
        if self.code is not None:
            error["details"] = {"error_code": self.code}
        return {"type": "error", "error": error, "request_id": request_id}


def invalid(message: str) -> ApiError:
    return ApiError("invalid_request_error", message)
