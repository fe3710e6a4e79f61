"""How each step reads in Polars: one module a room, all of which are imported here so that their printers are known."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
