"""Judge one artifact against a suite."""
from factory_tui.model.evaluation import Evaluation
from factory_tui.sandbox.port import SandboxHost
from factory_tui.scenarios.job import EvaluationJob, OnResult


async def evaluate(job: EvaluationJob, host: SandboxHost, on_result: OnResult | None = None) -> Evaluation:
    """Judge `job.artifact` in a fresh sandbox."""
    raise NotImplementedError
