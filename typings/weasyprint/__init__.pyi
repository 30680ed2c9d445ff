from collections.abc import Sequence
from datetime import datetime
from typing import Any

from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

VERSION: str
__version__: str

class CSS:
    def __init__(
        self, *, string: str, font_config: FontConfiguration, url_fetcher: URLFetcher
    ) -> None: ...

class Attachment:
    def __init__(
        self,
        *,
        string: bytes,
        name: str,
        description: str,
        created: datetime,
        modified: datetime,
        relationship: str,
    ) -> None: ...

class Document:
    pages: Sequence[Any]
    def write_pdf(
        self,
        target: None = None,
        *,
        pdf_identifier: bytes,
        pdf_variant: str,
        pdf_tags: bool,
        attachments: Sequence[Attachment],
    ) -> bytes: ...

class HTML:
    def __init__(self, *, string: str, url_fetcher: URLFetcher, base_url: str | None) -> None: ...
    def render(self, *, stylesheets: Sequence[CSS], font_config: FontConfiguration) -> Document: ...
