from django import template

from accounts.security_log.labels import event_label

register = template.Library()
register.filter("event_text", event_label)
