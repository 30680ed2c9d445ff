"""Demonstration data, made by the program itself: ordinary operations under a clock that is moved through the past."""

from __future__ import annotations

from backend.demo.build import load_demo

__all__ = ["load_demo"]
