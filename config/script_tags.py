from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.face_files import PARTS, PREFIX, are_installed
from config.script_modules import module_graph

register = template.Library()


@register.simple_tag
def face_files() -> SafeString:
    """Attributes with the URLs of what finds faces in a browser; none if it is not installed or collected."""
    try:
        addresses = [(part, static(f"{PREFIX}/{name}")) for part, name in PARTS.items()]
    except ValueError:  # not collected
        return SafeString("")
    if not settings.STATIC_HASHED and not are_installed():
        return SafeString("")
    return format_html_join(" ", 'data-faces-{}="{}"', addresses)


@register.simple_tag
def module_script(name: str) -> SafeString:
    """A module, for the page's head; it runs once the document is parsed.

    A browser learns what a module imports only once it has received it. If modules are served as they are, hints name
    the whole graph at once. Collected modules are bundled and import nothing.
    """
    folder = settings.SCRIPTS_FOLDER
    imported = () if settings.STATIC_HASHED else module_graph(folder / name.removeprefix("js/"))
    names = [(static(f"js/{path.relative_to(folder)}"),) for path in imported]
    hints = format_html_join("", '<link rel="modulepreload" href="{}">\n', names)
    return format_html('{}<script type="module" src="{}"></script>', hints, static(name))
