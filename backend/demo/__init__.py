"""Demonstration data, made by the program itself: ordinary operations under a clock that is moved through the past."""
