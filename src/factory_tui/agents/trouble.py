"""What went wrong with a call: whether to try again, whether it may have been charged, and how a build ends."""

import email.utils
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from factory_tui.agents.answer import BrokenAnswer
from factory_tui.agents.key import ApiKey
from factory_tui.model.build import BuildEnd
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import NOTHING, MicroUsd

_ACCOUNT_WORDS = ("credit balance", "usage limit", "spend limit", "spending limit")
"""The API reports an empty account and a workspace's own limit as status 400 with these words."""
_REGAIN = re.compile(r"regain access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC")
"""The end of a usage limit, as its message has it."""


class Trouble(Exception):
    """A failed try.

    Attributes:
        end: how the build ends when this is not tried again.
        what: one sentence for the operator, without secrets.
        retry: another try may help.
        everybody: the service refuses every call now, whatever it asks for.
        charged: the provider may have charged for it, because the request arrived and the answer was lost.
        retry_after: seconds that the service asks to wait.
        lost: what the ledger presumed for it.
    """

    def __init__(
        self,
        end: BuildEnd,
        what: str,
        *,
        retry: bool = False,
        everybody: bool = False,
        charged: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what)
        self.end, self.what, self.retry, self.everybody = end, what, retry, everybody
        self.charged, self.retry_after = charged, retry_after
        self.lost: MicroUsd = NOTHING


def trouble_of(error: Exception, key: ApiKey) -> Trouble | None:
    """`error` of a call as trouble; None when it is not about the call (a bug, or the ledger's refusal)."""
    import anthropic
    import httpx2

    if isinstance(error, anthropic.APIStatusError):
        return _refused(error, key)
    if isinstance(error, TimeoutError):
        return Trouble(BuildEnd.PROVIDER, "the model's service did not answer in time", retry=True, charged=True)
    if isinstance(error, BrokenAnswer):
        return Trouble(BuildEnd.PROVIDER, str(error), retry=True, charged=True)
    if isinstance(error, anthropic.APIConnectionError | httpx2.TransportError):
        return _unreachable(error)
    if isinstance(error, anthropic.APIError | httpx2.StreamError | httpx2.DecodingError) or _came_from_parsing(error):
        return Trouble(BuildEnd.PROVIDER, "the model's answer cannot be understood", retry=True, charged=True)
    return None


def _unreachable(error: Exception) -> Trouble:
    import httpx2

    cause = error.__cause__ if error.__cause__ is not None else error
    if isinstance(cause, BrokenAnswer):
        return Trouble(BuildEnd.PROVIDER, str(cause), retry=True, charged=True)
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return Trouble(BuildEnd.PROVIDER, "the model's service cannot be reached", retry=True, everybody=True)
    if isinstance(cause, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        return Trouble(BuildEnd.PROVIDER_HOLD, "model.base_url or the key cannot be used in a request")
    return Trouble(
        BuildEnd.PROVIDER,
        "the connection to the model's service broke before the answer ended",
        retry=True,
        charged=True,
    )


def _came_from_parsing(error: Exception) -> bool:
    """The SDK lets errors of JSON and of its own bookkeeping through when a stream makes no sense."""
    if not isinstance(error, ValueError | LookupError | RuntimeError | TypeError | AttributeError | AssertionError):
        return False
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")) if trace is not None else ""
    return module.split(".")[0] in {"anthropic", "httpx2", "httpcore2", "json", "jiter", "pydantic"}


def _refused(error: Any, key: ApiKey) -> Trouble:
    """An error in the API's own words. Errors with a status are not charged; one inside a stream may be."""
    status: int = error.status_code
    kind: str = error.type or ""
    said = clean_line(key.redact(str(error.api_message or "")), limit=300)
    detail = f": {said}" if said else ""
    in_stream = status < 300
    after = _retry_after(error.response.headers)

    if 300 <= status < 400:
        return Trouble(
            BuildEnd.PROVIDER_HOLD,
            f"the model's service answered with a redirect (status {status}), which is never followed; "
            "set model.base_url to the address itself",
        )
    if _is_account_limit(status, kind, error.error_code or "", said):
        resets = after if after is not None else _until_access_is_regained(said)
        return Trouble(
            BuildEnd.PROVIDER_HOLD,
            f"the account's limit at the provider is reached{detail}",
            retry=resets is not None,
            everybody=True,
            retry_after=resets,
        )
    if status == 401 or kind == "authentication_error":
        return Trouble(BuildEnd.PROVIDER_HOLD, f"the API key was rejected{detail}")
    if status == 403 or kind == "permission_error":
        return Trouble(BuildEnd.PROVIDER_HOLD, f"the API key may not do this{detail}")
    if status == 404 or kind == "not_found_error":
        return Trouble(BuildEnd.PROVIDER_HOLD, f"the service does not know the model or the address{detail}")
    if status == 429 or kind == "rate_limit_error":
        what = f"rate limit of the provider{detail}"
        return _for_everybody(what, charged=in_stream, retry_after=after)
    if status == 529 or kind == "overloaded_error":
        return _for_everybody("the model's service is overloaded", charged=in_stream, retry_after=after)
    if status >= 500 or status == 408 or in_stream:
        return _for_everybody(
            f"the model's service failed (status {status}){detail}",
            charged=in_stream or not kind,  # without the API's error shape it was a proxy that gave up waiting
            retry_after=after,
        )
    return Trouble(BuildEnd.PROVIDER, f"the API refused the request (status {status}){detail}")


def _for_everybody(what: str, *, charged: bool, retry_after: float | None) -> Trouble:
    return Trouble(BuildEnd.PROVIDER, what, retry=True, everybody=True, charged=charged, retry_after=retry_after)


def _is_account_limit(status: int, kind: str, code: str, said: str) -> bool:
    if status == 402 or kind == "billing_error" or code.endswith("spend_limit_reached"):
        return True
    return status in {400, 403, 429} and any(word in said.lower() for word in _ACCOUNT_WORDS)


def _until_access_is_regained(said: str) -> float | None:
    """Seconds; None when the message names no time."""
    found = _REGAIN.search(said)
    if found is None:
        return None
    try:
        at = datetime.strptime(f"{found[1]} {found[2]}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return max(0.0, (at - datetime.now(UTC)) / timedelta(seconds=1))


def _retry_after(headers: Any) -> float | None:
    """Seconds, from either form of the header; None when there is none or it makes no sense."""
    text = headers.get("retry-after")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = email.utils.parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if at.tzinfo is None:
            return None
        seconds = (at - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None
