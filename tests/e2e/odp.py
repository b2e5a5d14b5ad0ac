"""A presentation as an OpenDocument file: slides of one colour each, to tell them apart by."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

_MIMETYPE = "application/vnd.oasis.opendocument.presentation"

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "draw": "drawing",
        "text": "text",
        "presentation": "presentation",
        "svg": "svg-compatible",
        "fo": "xsl-fo-compatible",
    }.items()
)

_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIMETYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""

_STYLES = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-styles {_NAMESPACES} office:version="1.2">
<office:automatic-styles>
<style:page-layout style:name="wide"><style:page-layout-properties fo:page-width="32cm" fo:page-height="18cm"
 fo:margin-top="0cm" fo:margin-bottom="0cm" fo:margin-left="0cm" fo:margin-right="0cm"
 style:print-orientation="landscape"/></style:page-layout>
</office:automatic-styles>
<office:master-styles>
<style:master-page style:name="plain" style:page-layout-name="wide"/>
</office:master-styles>
</office:document-styles>"""


def write_odp(path: Path, colours: Sequence[str]) -> None:
    """Write a presentation with one slide per colour, such as "#c02020", filled with it and numbered."""
    styles = "".join(
        f'<style:style style:name="slide{number}" style:family="drawing-page">'
        f'<style:drawing-page-properties draw:fill="solid" draw:fill-color="{colour}"'
        ' presentation:background-visible="true"/></style:style>'
        for number, colour in enumerate(colours, 1)
    )
    pages = "".join(
        f'<draw:page draw:name="slide {number}" draw:style-name="slide{number}"'
        ' draw:master-page-name="plain">'
        '<draw:frame svg:x="1cm" svg:y="1cm" svg:width="10cm" svg:height="2cm">'
        f"<draw:text-box><text:p>Slide {number}</text:p></draw:text-box></draw:frame></draw:page>"
        for number in range(1, len(colours) + 1)
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<office:document-content {_NAMESPACES} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:presentation>{pages}</office:presentation></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        # The format asks for this entry first and uncompressed.
        package.writestr("mimetype", _MIMETYPE, zipfile.ZIP_STORED)
        package.writestr("META-INF/manifest.xml", _MANIFEST)
        package.writestr("content.xml", content)
        package.writestr("styles.xml", _STYLES)
