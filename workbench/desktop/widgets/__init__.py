"""The widgets that every activity is made of."""

from workbench.desktop.widgets.basics import (
    Card,
    ElidedLabel,
    ElidedLink,
    HLine,
    NumberField,
    PageHeader,
    Section,
    ThemedLabel,
    VLine,
    button,
    clear_layout,
    icon_button,
    label,
    restyle,
    surface,
)
from workbench.desktop.widgets.dialogs import FormDialog, Sheet, Wizard, WizardPage, confirm
from workbench.desktop.widgets.logview import LogView
from workbench.desktop.widgets.panels import Banner, Breadcrumb, CodeView, ImageView, KeyValueTable, Splitter
from workbench.desktop.widgets.recordmodel import Column
from workbench.desktop.widgets.records import RecordTable
from workbench.desktop.widgets.search import SearchBox
from workbench.desktop.widgets.states import EmptyState, ErrorState, IconLabel, LoadingState, StateStack
from workbench.desktop.widgets.status import StatusPill, paint_status, status_look
from workbench.desktop.widgets.tabstrip import TabStrip

__all__ = [
    "Banner",
    "Breadcrumb",
    "Card",
    "CodeView",
    "Column",
    "ElidedLabel",
    "ElidedLink",
    "EmptyState",
    "ErrorState",
    "FormDialog",
    "HLine",
    "IconLabel",
    "ImageView",
    "KeyValueTable",
    "LoadingState",
    "LogView",
    "NumberField",
    "PageHeader",
    "RecordTable",
    "SearchBox",
    "Section",
    "Sheet",
    "Splitter",
    "StateStack",
    "StatusPill",
    "TabStrip",
    "ThemedLabel",
    "VLine",
    "Wizard",
    "WizardPage",
    "button",
    "clear_layout",
    "confirm",
    "icon_button",
    "label",
    "paint_status",
    "restyle",
    "status_look",
    "surface",
]
