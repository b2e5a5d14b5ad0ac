"""A PDF of pages of one colour each."""

from collections.abc import Sequence
from pathlib import Path


def write_pdf(path: Path, colours: Sequence[str]) -> None:
    """Write a PDF with one page per colour, such as "#c02020", filled with it."""
    pages = range(len(colours))
    kids = " ".join(f"{3 + 2 * page} 0 R" for page in pages)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(colours)} >>",
    ]
    for page, colour in enumerate(colours):
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        drawing = f"{red:.3f} {green:.3f} {blue:.3f} rg 0 0 640 360 re f"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 640 360] /Resources << >>"
            f" /Contents {4 + 2 * page} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    content = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    content += f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode()
    end = len(content) - len(f"xref\n0 {size}\n0000000000 65535 f \n{table}")
    content += f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{end}\n%%EOF\n".encode()
    path.write_bytes(content)
