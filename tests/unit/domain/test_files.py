"""Which files are taken: by their name and by what they really are."""

from __future__ import annotations

import pytest

from batchly_admin.domain import files
from batchly_admin.domain.files import FORMATS, KINDS, Limits
from batchly_admin.errors import InvalidInput
from config.settings import FILE_KINDS

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
LIMITS = Limits(size_bytes=1000)


@pytest.mark.parametrize(
    ("name", "head", "size", "words"),
    [
        ("run.exe", b"MZ", 10, "run.exe is not taken: only pictures"),
        ("noending", PNG, 10, "noending is not taken"),
        ("page.php", b"<?php", 10, "is not taken"),
        ("logo.png", b"MZ\x90\0", 10, "is not a PNG picture: its content says otherwise"),
        ("logo.png", b"<svg onload=x>", 10, "is not a PNG picture"),
        ("list.txt", b"MZ\x90\0\x03", 10, "is not a text"),
        ("offer.pdf", b"PK\x03\x04", 10, "is not a PDF"),
        ("art.svg", b"<html>", 10, "is not a SVG drawing"),
        ("big.png", PNG, 1001, "big.png is larger than the 1000 bytes that a file may have"),
        ("empty.txt", b"", 0, "empty.txt is empty"),
    ],
)
def test_what_is_refused_says_why(name: str, head: bytes, size: int, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        files.judge(name, head, size, LIMITS)
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("name", "head", "content_type"),
    [
        ("a.PNG", PNG, "image/png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.webp", b"RIFF\0\0\0\0WEBP", "image/webp"),
        ("a.heic", b"\0\0\0\x18ftypheic", "image/heif"),
        ("a.pdf", b"\n%PDF-1.7", "application/pdf"),
        ("a.ai", b"%PDF-1.5", "application/postscript"),
        ("a.eps", b"\xc5\xd0\xd3\xc6", "application/postscript"),
        ("a.psd", b"8BPS", "image/vnd.adobe.photoshop"),
        ("a.tif", b"MM\0*", "image/tiff"),
        ("a.svg", b"<?xml?><SVG>", files.PLAIN),
        ("a.html", b"<script>", files.PLAIN),
        ("a.csv", b"a;b", "text/csv"),
        ("a.txt", b"\xff\xfea\0", "text/plain"),
        ("a.zip", b"PK\x05\x06", "application/zip"),
    ],
)
def test_what_is_taken(name: str, head: bytes, content_type: str) -> None:
    assert files.judge(name, head, 10, LIMITS).content_type == content_type


def test_what_could_run_in_a_browser_is_never_shown_by_it() -> None:
    assert {"image/jpeg", "image/png", "image/gif", "image/webp"} == files.SHOWN


def test_an_installation_may_take_less() -> None:
    narrow = Limits(size_bytes=5 * 1024 * 1024, kinds=("pictures", "pdf"))
    assert ".zip" not in narrow.endings
    assert narrow.words == "pictures and PDF, up to 5 MB"
    with pytest.raises(InvalidInput):
        files.judge("a.zip", b"PK\x03\x04", 10, narrow)


def test_the_settings_name_the_same_kinds() -> None:
    assert tuple(KINDS) == FILE_KINDS
    assert {one.kind for one in FORMATS} == set(KINDS)


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("C:\\art\\Logo  final.pdf", "Logo final.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("in\u202egpj.exe.png", "ingpj.exe.png"),
        ("a\0b\r\n.png", "ab .png"),
        ('x<y>:"|?*.png', "x_y______.png"),
        ("cafe\u0301.png", "caf\u00e9.png"),
        (f"{'n' * 300}.png", f"{'n' * 196}.png"),
        ("  .. name.txt. ", "name.txt"),
    ],
)
def test_names_are_cleaned(given: str, clean: str) -> None:
    assert files.clean_name(given) == clean


@pytest.mark.parametrize("given", ["", "   ", "...", "\u202e", "a/"])
def test_a_name_of_nothing_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput):
        files.clean_name(given)


def test_a_renamed_file_keeps_its_ending() -> None:
    assert files.renamed("old.png", "new") == "new.png"
    assert files.renamed("old.png", "new.PNG") == "new.PNG"
    assert files.renamed("old.png", "new.exe") == "new.exe.png"
