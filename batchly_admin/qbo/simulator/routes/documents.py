"""A document as a small real PDF: one page, the lines, the total."""

from __future__ import annotations

from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.world import World

MOST_LINES = 40


def pdf(world: World, path: str, record_id: str) -> bytes:
    """Give the PDF of a sale.

    Raises:
        Fault: 2000 or 610.
    """
    entity = world.by_path.get(path)
    if entity is None or "pdf" not in entity.spec.operations:
        raise Fault("2000", f"Invalid object name : {path[:100]}")
    kind = entity.spec.kind
    record = world.books.read(kind, record_id)
    lines = [f"{kind} {record.get('DocNumber', '')}", f"Date {record['TxnDate']}", ""]
    lines += [
        f"{line.get('Description', '')[:60]}   {line.get('Amount', '')}"
        for line in record.get("Line", [])
        if line.get("DetailType") != "SubTotalLineDetail"
    ]
    lines += ["", f"Total {record['TotalAmt']}"]
    return _page(lines[:MOST_LINES])


def _page(lines: list[str]) -> bytes:
    def text(line: str) -> str:
        return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")

    shown = " ".join(f"({text(line)}) Tj T*" for line in lines)
    stream = f"BT /F1 11 Tf 50 780 Td 14 TL {shown} ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 6\n0000000000 65535 f \n%btrailer << /Size 6 /Root 1 0 R >>\n" % table
        + (b"startxref\n%d\n%%%%EOF\n" % start)
    )
