"""ML Lab: one self-hosted place where a data-science team works.

`from mllab import Lab` is loaded on first use, so that `import mllab` stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mllab.client.environment import Environment
    from mllab.client.lab import Lab

__version__ = "0.1.0"
__all__ = ["Environment", "Lab", "__version__"]

_HOMES = {"Lab": "mllab.client.lab", "Environment": "mllab.client.environment"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mllab' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
