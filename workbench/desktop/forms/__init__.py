"""Forms made from pydantic models."""

from workbench.desktop.forms.modelform import ModelForm

__all__ = ["ModelForm"]
