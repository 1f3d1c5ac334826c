"""What a lab can do, for whoever says what shall run in it: its runtime, images and limits."""

from __future__ import annotations

from mllab.model.base import Record
from mllab.model.workloads import Limits


class ImageRules(Record):
    """Images of containers: `default` runs what names none, `model` serves models.

    `allowed` are patterns (`mllab/*`); empty: any image may run.
    """

    default: str
    model: str
    allowed: list[str] = []


class About(Record):
    """A lab as those who use it need to know it.

    `capabilities` are what its runtime can do beyond starting and stopping: `images gpus
    memory-limit cpu-limit isolation`. `images` is None where it has none. `default_limits`
    hold for what asks for none, `largest_limits` for everything; None there: no limit.
    """

    version: str
    runtime: str
    capabilities: list[str]
    images: ImageRules | None = None
    default_limits: Limits = Limits()
    largest_limits: Limits = Limits()
