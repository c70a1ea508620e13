"""Types of arrays that all rooms share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["ComplexArray", "FloatArray"]

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
