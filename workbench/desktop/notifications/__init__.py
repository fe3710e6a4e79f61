"""Toasts and the Problems list."""

from workbench.desktop.notifications.center import NoticeAction, Notifications, Problem, Toast

__all__ = ["NoticeAction", "Notifications", "Problem", "Toast"]
