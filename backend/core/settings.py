"""The settings of the current application."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from backend.core.config import Config

KEY = "singgah.config"


def init_app(app: Flask, config: Config) -> None:
    """Give the application its settings."""
    app.extensions[KEY] = config


def current() -> Config:
    """What the environment said when the application was made."""
    return cast(Config, current_app.extensions[KEY])
