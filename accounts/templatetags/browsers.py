"""Template filter for the names of browsers."""

from django import template

from accounts.browser_sessions.listing import browser_name

register = template.Library()
register.filter(browser_name)
