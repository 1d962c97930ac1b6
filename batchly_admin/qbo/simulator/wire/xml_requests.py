"""Request bodies in XML, read into the shape their JSON would have.

What repeats, what is a reference and what is plain text in XML only the fields of an entity say, so
reading needs their shapes. A document type is refused: with it come entities that grow without end
or lead to files. https://developer.intuit.com/app/developer/qbo/docs/learn/rest-api-features
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from batchly_admin.qbo.simulator.wire.fields import REF, Kind, Shape
from batchly_admin.qbo.simulator.wire.refusals import Fault

DEEPEST = 40
BATCH, ITEM = "IntuitBatchRequest", "BatchItemRequest"


def read_entity(body: bytes, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Read the record a body holds; `shapes` are those it may be, by the name of its element.

    Raises:
        Fault: 2010 for what is no XML, goes too deep or is something else, 500 for bad bytes.
    """
    root = _tree(body)
    shape = shapes.get(root.tag)
    if shape is None:
        detail = f"The request body is no {' or '.join(shapes)} but {root.tag[:60]}"
        raise Fault("2010", detail)
    return {**root.attrib, **_children(root, shape)}


def read_batch(body: bytes, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Read a batch; its items may be whatever `shapes` names, or queries.

    Raises:
        Fault: as for one record.
    """
    root = _tree(body)
    if root.tag != BATCH:
        raise Fault("2010", f"The request body is no {BATCH} but {root.tag[:60]}")
    return {ITEM: [_item(one, shapes) for one in root if one.tag == ITEM]}


def _item(element: Element, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        if child.tag in shapes:
            found[child.tag] = {**child.attrib, **_children(child, shapes[child.tag])}
        else:
            found[child.tag] = child.text or ""
    return found


def _children(element: Element, shape: Mapping[str, Kind] | None) -> dict[str, Any]:
    """Give what stands in an element; without a shape what repeats is a list."""
    found: dict[str, Any] = {}
    for child in element:
        kind = shape.get(child.tag) if shape is not None else None
        if isinstance(kind, list):
            found.setdefault(child.tag, []).append(_value(child, kind[0]))
            continue
        value = _value(child, kind)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


def _value(element: Element, kind: Kind | None) -> Any:
    text = element.text or ""
    has_value = isinstance(kind, dict) and "value" in kind
    if not len(element) and (kind == REF or has_value or (element.attrib and kind is None)):
        return {"value": text.strip() if kind == REF else text, **element.attrib}
    if isinstance(kind, dict):
        return {**element.attrib, **_children(element, kind)}
    return {**element.attrib, **_children(element, None)} if len(element) else text


def _tree(body: bytes) -> Element:
    """Read XML into elements with plain names, whatever name space they are in.

    Raises:
        Fault: 2010 or 500.
    """
    reader = _Reader()
    try:
        return reader.read(body)
    except expat.ExpatError as error:
        try:
            body.decode()
        except UnicodeDecodeError:
            detail = "Operation is not supported: MalformedByteSequenceException: Invalid byte"
            raise Fault("500", detail) from None
        detail = f"The request body is not well-formed XML: {error}"
        raise Fault("2010", detail) from None


class _Reader:
    """Builds elements and refuses what no request needs."""

    def __init__(self) -> None:
        self._builder = TreeBuilder()
        self._depth = 0
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._builder.data

    def read(self, body: bytes) -> Element:
        """Give the outermost element."""
        self._parser.Parse(body, True)
        return self._builder.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Fault("2010", f"The request body goes deeper than {DEEPEST} elements")
        plain = {_local(key): value for key, value in attributes.items()}
        self._builder.start(_local(name), plain)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_local(name))

    def _refuse(self, *_declared: object) -> None:
        raise Fault("2010", "A document type is not allowed in a request body")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
