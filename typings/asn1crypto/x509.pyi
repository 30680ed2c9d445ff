# Structures made at run time from field tables: their members cannot be told by a checker.
from typing import Any

class Certificate:
    subject: Any
    issuer: Any
    serial_number: int
    @classmethod
    def load(cls, encoded: bytes, strict: bool = False) -> Certificate: ...
    def dump(self, force: bool = False) -> bytes: ...

def __getattr__(name: str) -> Any: ...
