# Structures made at run time from field tables: their members cannot be told by a checker.
from typing import Any

def __getattr__(name: str) -> Any: ...
