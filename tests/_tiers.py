"""Which values of a parametrised test run by default, and which with the longer tests."""

from collections.abc import Container, Iterable
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

T = TypeVar("T")


def tiered(values: Iterable[T], default: Container[T]) -> list[ParameterSet]:
    """For `parametrize`: the values in `default` as they are, the others in the `ci` tier."""
    return [pytest.param(value, marks=() if value in default else pytest.mark.ci) for value in values]
