"""The command registry and the palette."""

from workbench.desktop.commands.registry import Command, CommandId, CommandRegistry, PaletteItem, Provider

__all__ = ["Command", "CommandId", "CommandRegistry", "PaletteItem", "Provider"]
