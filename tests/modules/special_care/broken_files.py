"""Claims files as they should not be: each with the one answer that it is to get.

The answer is the code of a refusal, or the faults of its entries: `code`, or `reason of file_entry`.
"""

import gzip
import io
import zipfile

NS = "urn:kvitt:claims:1"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
CLAIM = """    <claim>
      <reference>980890</reference>
      <support>N</support>
      <personalNumber>194503129803</personalNumber>
      <careModel>K</careModel>
      <card>
        <number>F123</number>
        <first>2024-01-01</first>
        <last>2024-06-30</last>
      </card>
      <visit>
        <date>2024-11-18</date>
        <line>
          <code>825</code>
          <location>UK</location>
          <price>1235.50</price>
          <comment>Övre</comment>
        </line>
        <patientFee>
          <amount>200.00</amount>
        </patientFee>
      </visit>
    </claim>
"""
CREDIT = "    <credit>\n      <reference>980891</reference>\n    </credit>\n"
HEADING = (
    "row;clinic;invoice;county;reference;support;personal_number;certificate_number;preauthorization;"
    "care_model;category;card_number;card_first;card_last;claim_comment;date;code;location;amount;comment"
)
LINE_ROW = "line;1111;1234;;980890;N;194503129803;764153;;K;;;;;;2024-11-18;825;UK;1235,50;Övre"
FEE_ROW = "fee;1111;1234;;980890;N;194503129803;764153;;K;;;;;;2024-11-18;;;200;"
CREDIT_ROW = "credit;1111;1234;;980891;;;;;;;;;;;;;;;"
BIG = 10 * 1024 * 1024


def xml(
    *entries: str,
    before: str = DECLARATION,
    root: str = f'claimsFile xmlns="{NS}" version="1.0"',
    invoice: str = 'clinic="1111" reference="1234"',
    after: str = "",
) -> str:
    """Return a file of these entries, of the good claim unless told."""
    inside = "".join(entries or (CLAIM,))
    name = root.split(maxsplit=1)[0]
    return f"{before}<{root}>\n  <invoice {invoice}>\n{inside}  </invoice>\n{after}</{name}>\n"


def table(*rows: str, heading: str = HEADING, newline: str = "\r\n") -> str:
    """Return a table of these rows, of the good claim unless told."""
    return newline.join((heading, *(rows or (LINE_ROW, FEE_ROW)))) + newline


def changed(old: str, new: str) -> str:
    """Return the file of the good claim with one change."""
    assert old in CLAIM
    return xml(CLAIM.replace(old, new, 1))


def row(old: str, new: str) -> str:
    """Return the table of the good claim with one change in its first row."""
    assert old in LINE_ROW
    return table(LINE_ROW.replace(old, new, 1), FEE_ROW)


def doctype(inside: str, value: str = "980890") -> str:
    """Return the file with a document type before its root."""
    before = f"{DECLARATION}<!DOCTYPE claimsFile {inside}>\n"
    return xml(CLAIM.replace("980890", value), before=before)


def zipped() -> bytes:
    """Return a good file in a zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("claims.xml", xml())
    return target.getvalue()


BOMB = "[" + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10)) + "]"
LATIN = xml(CLAIM.replace("Övre", "Ö")).encode("latin-1")
GOOD = xml(CLAIM, CREDIT).encode()
GOOD_TABLE = table(LINE_ROW, FEE_ROW, CREDIT_ROW).encode()
LONG_PARTS = {
    "field": lambda: changed("Övre", "x" * BIG),
    "attribute": lambda: xml(CLAIM.replace("<claim>", f'<claim x="{"x" * BIG}">')),
    "comment": lambda: xml(f"<!--{'x' * BIG}-->", CLAIM),
    "instruction": lambda: xml(f"<?x {'x' * BIG}?>", CLAIM),
    "name": lambda: xml(f"<{'x' * BIG}/>", CLAIM),
    "blanks": lambda: xml(" " * BIG, CLAIM),
    "prolog": lambda: xml(before=f"{DECLARATION}<!--{'x' * BIG}-->"),
    "header": lambda: xml(invoice=f'clinic="{"1" * BIG}" reference="1234"'),
    "elements": lambda: xml(CLAIM.replace("<claim>", "<claim>" + "<x/>" * (BIG // 4))),
    "nesting": lambda: xml(CLAIM.replace("<claim>", "<claim>" + "<x>" * (BIG // 3))),
    "attributes": lambda: xml("<claim " + " ".join(f"a{n}='1'" for n in range(BIG // 9)) + "/>"),
    "line": lambda: table(LINE_ROW.replace("Övre", "x" * BIG)),
    "heading": lambda: "row;" * (BIG // 4),
    "quotation": lambda: table(LINE_ROW.replace("Övre", '"x'), *[FEE_ROW] * (BIG // 60)),
}

# What is refused as a whole, by its one code.
REFUSED = {
    "nothing": (b"", "file_empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "file_empty"),
    "only blanks": (b" \r\n\t\n", "file_empty"),
    "zip": (zipped(), "file_packed"),
    "empty zip": (b"PK\x05\x06" + bytes(18), "file_packed"),
    "gzip": (gzip.compress(GOOD), "file_packed"),
    "7-zip": (b"7z\xbc\xaf\x27\x1c" + bytes(26), "file_packed"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "file_other_kind"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "file_other_kind"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "file_other_kind"),
    "html": ("<!DOCTYPE html>\n<html><body>Logga in</body></html>", "file_other_kind"),
    "html without doctype": ("\n <HTML><body>Logga in</body></HTML>", "file_other_kind"),
    "json": ('{"claims": []}', "file_other_kind"),
    "json list": (b'\xef\xbb\xbf[{"claim": 1}]', "file_other_kind"),
    "binary": (b"\x01\x02\x03\x04" * 100, "file_not_text"),
    "control characters far in": (table(*[LINE_ROW] * 2_000, "\x00\x01").encode(), "file_not_text"),
    "utf-16 with mark": (xml(before="").encode("utf-16"), "file_not_utf8"),
    "utf-16 without mark": (xml(before="").encode("utf-16-le"), "file_not_utf8"),
    "utf-16 big-endian": (xml(before="").encode("utf-16-be"), "file_not_utf8"),
    "utf-32": (xml(before="").encode("utf-32-be"), "file_not_utf8"),
    "utf-16 declared": (xml(before='<?xml version="1.0" encoding="UTF-16"?>'), "file_not_utf8"),
    "latin-1 declared": (xml(before="<?xml version='1.0' encoding='ISO-8859-1'?>"), "file_not_utf8"),
    "strange encoding declared": (xml(before='<?xml version="1.0" encoding="klingon"?>'), "file_not_utf8"),
    "latin-1 called utf-8": (LATIN, "file_not_utf8"),
    "latin-1 far in": (xml(*[CLAIM] * 200).encode() + LATIN, "file_not_utf8"),
    "surrogates": (changed("Övre", "@").encode().replace(b"@", b"\xed\xa0\x80"), "file_not_utf8"),
    "overlong": (changed("Övre", "@").encode().replace(b"@", b"\xc0\xbc"), "file_not_utf8"),
    "csv in latin-1": (table().encode("latin-1"), "file_not_utf8"),
    "csv in utf-16": (table().encode("utf-16"), "file_not_utf8"),
    "csv cut in a letter": (table(LINE_ROW).encode().rstrip()[:-4], "file_not_utf8"),
    "entity bomb": (doctype(BOMB, "&a9;"), "file_doctype"),
    "quadratic entities": (doctype(f'[<!ENTITY a "{"a" * 9_000}">]', "&a;" * 9_000), "file_doctype"),
    "external entity": (doctype('[<!ENTITY a SYSTEM "file:///etc/passwd">]', "&a;"), "file_doctype"),
    "parameter entity": (doctype('[<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;]'), "file_doctype"),
    "external document type": (doctype('SYSTEM "http://127.0.0.1:9/claims.dtd"'), "file_doctype"),
    "document type after a comment": (
        xml(before=f"{DECLARATION}<!-- > --><?a ?>\n<!DOCTYPE a>"),
        "file_doctype",
    ),
    "document type far in": (xml(CLAIM, "<!DOCTYPE a>"), "file_not_well_formed"),
    "unknown entity": (changed("980890", "&a;"), "file_not_well_formed"),
    "text before": ("claims: " + xml(), "file_unknown_column"),
    "text after": (xml() + "the end", "file_not_well_formed"),
    "two roots": (xml() + xml(before=""), "file_not_well_formed"),
    "null character": (changed("Övre", "\0"), "file_not_well_formed"),
    "forbidden character": (changed("Övre", "&#0;"), "file_not_well_formed"),
    "control character": (changed("Övre", "\x0b"), "file_not_well_formed"),
    "lone ampersand": (changed("Övre", "Karies & tandlossning"), "file_not_well_formed"),
    "lone less-than": (changed("Övre", "< 3 mm"), "file_not_well_formed"),
    "wrong end tag": (changed("</line>", "</lime>"), "file_not_well_formed"),
    "attribute without quotes": (changed("<claim>", "<claim a=1>"), "file_not_well_formed"),
    "attribute twice": (xml(invoice='clinic="1111" clinic="1112" reference="1"'), "file_not_well_formed"),
    "unknown prefix": (changed("<claim>", "<a:claim>"), "file_not_well_formed"),
    "declaration in the middle": (xml(DECLARATION, CLAIM), "file_not_well_formed"),
    "cut off in a tag": (GOOD[:200], "file_cut_off"),
    "cut off in a name": (GOOD[: GOOD.index(b"<personal") + 4], "file_cut_off"),
    "cut off in an attribute": (GOOD[: GOOD.index(b"1111") + 2], "file_cut_off"),
    "cut off in a text": (GOOD[: GOOD.index(b"9803") + 2], "file_cut_off"),
    "cut off between claims": (GOOD[: GOOD.index(b"</claim>") + 8], "file_cut_off"),
    "cut off before the end": (GOOD[: GOOD.index(b"</claimsFile>")], "file_cut_off"),
    "cut off far in": (xml(*[CLAIM] * 500).encode()[:200_000], "file_cut_off"),
    "cut off in a letter": (GOOD[: GOOD.index("Ö".encode()) + 1], "file_cut_off"),
    "only a declaration": (DECLARATION, "file_cut_off"),
    "another root": (xml(root=f'claims xmlns="{NS}" version="1.0"'), "file_wrong_root"),
    "a claim alone": (CLAIM.replace("<claim>", f'<claim xmlns="{NS}">'), "file_wrong_root"),
    "a bank's file": (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>',
        "file_wrong_root",
    ),
    "no namespace": (xml(root='claimsFile version="1.0"'), "file_wrong_namespace"),
    "wrong namespace": (xml(root='claimsFile xmlns="urn:a" version="1.0"'), "file_wrong_namespace"),
    "old version": (xml(root=f'claimsFile xmlns="{NS}" version="0.9"'), "file_version"),
    "newer version": (xml(root=f'claimsFile xmlns="{NS}" version="1.1"'), "file_version"),
    "newer namespace": (xml(root='claimsFile xmlns="urn:kvitt:claims:2" version="2.0"'), "file_version"),
    "no version": (xml(root=f'claimsFile xmlns="{NS}"'), "file_version"),
    "no invoice": (f'<claimsFile xmlns="{NS}" version="1.0"/>', "file_without_claims"),
    "deep nesting": (changed("<visit>", "<x>" * 300 + "</x>" * 300 + "<visit>"), "file_too_large_entry"),
    "csv without rows": (HEADING, "file_without_claims"),
    "csv without heading": (table(heading=LINE_ROW), "file_unknown_column"),
    "csv of another kind": ("code,name,price\n101,Undersökning,980\n", "file_unknown_column"),
    "csv without a column": (table(heading=HEADING.replace("reference;", "")), "file_missing_column"),
    "csv with a column twice": (table(heading=HEADING.replace("county", "row")), "file_column_twice"),
    "csv with a cell too many": (table(LINE_ROW.replace("Övre", "a;b")), "file_wrong_cells"),
    "csv with a cell too few": (table(LINE_ROW.replace(";K;", ";")), "file_wrong_cells"),
    "csv with a cell too many and an empty last": (
        table(LINE_ROW.replace("Övre", "").replace("825", "825;S")),
        "file_wrong_cells",
    ),
    "csv with an open quotation": (table(LINE_ROW.replace("Övre", '"Övre'), FEE_ROW), "file_not_csv"),
    "csv with a torn quotation": (table(LINE_ROW.replace("Övre", '"Öv"re')), "file_not_csv"),
}

# What is read, with the faults of its entries.
FAULTY = {
    "date that does not exist": (changed("2024-11-18", "2025-02-30"), ["not_a_date"]),
    "date of zeros": (changed("2024-11-18", "0000-00-00"), ["not_a_date"]),
    "date with time zone": (changed("2024-11-18", "2024-11-18Z"), ["not_a_date"]),
    "date with offset": (changed("2024-11-18", "2024-11-18+01:00"), ["not_a_date"]),
    "date with time": (changed("2024-11-18", "2024-11-18T10:00:00"), ["not_a_date"]),
    "date without dashes": (changed("2024-11-18", "20241118"), ["not_a_date"]),
    "date of another age": (changed("2024-11-18", "9999-12-31"), ["not_a_date"]),
    "empty date": (changed("2024-11-18", ""), ["empty"]),
    "card's date": (changed("2024-06-30", "30/6"), ["not_a_date"]),
    "three decimals": (changed("1235.50", "1235.500"), ["not_an_amount"]),
    "comma decimals": (changed("1235.50", "1235,50"), ["not_an_amount"]),
    "no decimals": (changed("1235.50", "1235"), ["not_an_amount"]),
    "spaces in an amount": (changed("1235.50", "1 235.50"), ["not_an_amount"]),
    "exponent": (changed("1235.50", "1e9"), ["not_an_amount"]),
    "not a number": (changed("1235.50", "NaN"), ["not_an_amount"]),
    "endless amount": (changed("1235.50", "9" * 5_000 + ".00"), ["not_an_amount"]),
    "unknown support": (changed("<support>N", "<support>X"), ["not_a_choice"]),
    "empty support": (changed("<support>N", "<support>"), ["empty"]),
    "unknown element": (changed("<visit>", "<diagnosis/><visit>"), ["unexpected_element"]),
    "unknown element last": (changed("</visit>", "</visit><diagnosis/>"), ["unexpected_element"]),
    "wrong order": (
        xml(
            CLAIM.replace("      <support>N</support>\n", "").replace(
                "<visit>", "<support>N</support><visit>"
            )
        ),
        ["unexpected_element"],
    ),
    "missing element": (changed("<support>N</support>", ""), ["unexpected_element"]),
    "visit without date": (changed("<date>2024-11-18</date>", ""), ["unexpected_element"]),
    "visit without anything": (
        changed("<visit>", "<visit><date>2024-11-18</date></visit><visit>"),
        ["missing_element"],
    ),
    "empty claim": (xml("<claim/>"), ["missing_element"]),
    "other namespace inside": (changed("<code>", '<code xmlns="urn:a">'), ["unexpected_element"]),
    "unknown attribute": (changed("<claim>", '<claim id="1">'), ["unknown_value"]),
    "instance attribute": (
        changed("<claim>", '<claim xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">'),
        ["stray_content"],
    ),
    "unknown attribute of the invoice": (xml(invoice='clinic="1" reference="1" date=""'), ["unknown_value"]),
    "long header": (xml(invoice=f'clinic="{"1" * 500}" reference="1"'), ["too_long"]),
    "text between elements": (changed("<visit>", "text<visit>"), ["stray_content"]),
    "element in a value": (changed("825", "<b>825</b>"), ["stray_content"]),
    "long code": (changed("825", "8" * 30), ["too_long"]),
    "long reference": (changed("980890", "9" * 900), ["too_long"]),
    "claim in a claim": (changed("</visit>", f"</visit>{CLAIM}"), ["unexpected_element"]),
    "claim in a visit": (changed("</date>", f"</date>{CLAIM}"), ["unexpected_element"]),
    "invoice in a claim": (
        changed("</visit>", f'</visit><invoice clinic="1" reference="1">{CLAIM}</invoice>'),
        ["unexpected_element"],
    ),
    "empty invoice": (xml("\n"), ["missing_element"]),
    "claim outside an invoice": (xml(after=CLAIM), [None, "unknown_element"]),
    "strange element among claims": (xml(CLAIM, "<clam/>", CLAIM), [None, "unknown_element", None]),
    "text among claims": (xml(CLAIM, "and", CLAIM), [None, "stray_content", None]),
    "text before claims": (xml("and", CLAIM), [None, "stray_content"]),
    "text after invoices": (xml(after="and"), [None, "stray_content"]),
    "empty credit": (xml("<credit>x</credit>"), ["stray_content"]),
    "two faults": (
        xml(CLAIM.replace("1235.50", "x").replace("2024-11-18", "y")),
        [("not_a_date", "not_an_amount")],
    ),
    "bad claim among good": (xml(CLAIM, CLAIM.replace("1235.50", "x"), CLAIM), [None, "not_an_amount", None]),
    "csv date": (row("2024-11-18", "2025-02-30"), ["not_a_date"]),
    "csv date in words": (row("2024-11-18", "18 nov"), ["not_a_date"]),
    "csv without date": (row("2024-11-18", ""), ["empty"]),
    "csv three decimals": (row("1235,50", "1235,505"), ["not_an_amount"]),
    "csv endless amount": (row("1235,50", "9" * 5_000), ["not_an_amount"]),
    "csv unknown row": (row("line", "lina"), ["not_a_choice"]),
    "csv unknown support": (table().replace(";N;", ";X;"), ["not_a_choice"]),
    "csv without support": (table(LINE_ROW.replace(";N;", ";;")), ["empty"]),
    "csv without code": (row(";825;", ";;"), ["empty"]),
    "csv long code": (row(";825;", f";{'8' * 50};"), ["too_long"]),
    "csv patient that changes": (
        table(LINE_ROW, FEE_ROW.replace("194503129803", "195211049811")),
        ["differs"],
    ),
}

# What looks odd and is right.
RIGHT = {
    "good": (GOOD, 2),
    "good table": (GOOD_TABLE, 2),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, 2),
    "no declaration": (xml(before=""), 1),
    "prefixes": (
        xml().replace("<", "<k:").replace("<k:/", "</k:").replace("<k:?", "<?").replace("xmlns=", "xmlns:k="),
        1,
    ),
    "comments and instructions": (xml("<!-- a -->", CLAIM.replace("825", "8<!-- b -->25"), "<?c?>"), 1),
    "cdata": (changed("Övre", "<![CDATA[<!DOCTYPE & Övre>]]>"), 1),
    "character references": (changed("Övre", "&#214;vre &amp; &#x53;"), 1),
    "one line": ("".join(line.strip() for line in xml(before="").splitlines()), 1),
    "spaces around values": (changed("1235.50", " 1235.50\n"), 1),
    "negative amount": (changed("1235.50", "-1235.50"), 1),
    "no reference": (changed("<reference>980890</reference>", ""), 1),
    "no personal number": (changed("<personalNumber>194503129803</personalNumber>", ""), 1),
    "long comment": (changed("Övre", "x" * 900), 1),
    "unknown care model": (changed("<careModel>K", "<careModel>Q"), 1),
    "empty card": (
        changed("<number>F123</number>\n        <first>2024-01-01</first>", "<number/><first/>"),
        1,
    ),
    "claim without visits": (xml(CLAIM[: CLAIM.index("      <visit>")] + "    </claim>\n"), 1),
    "duplicate references": (xml(CLAIM, CLAIM), 2),
    "header without values": (xml(invoice=""), 1),
    "csv with commas": (table().replace(",", ".").replace(";", ","), 1),
    "csv with tabs": (table().replace(";", "\t"), 1),
    "csv with empty columns at the end": (table().replace("\r\n", ";;\r\n"), 1),
    "csv with old newlines": (table(newline="\r"), 1),
    "csv with mixed newlines": (table().replace("\r\n", "\n", 1), 1),
    "csv with empty rows": (table(";" * 19, LINE_ROW, ";" * 19, FEE_ROW, ""), 1),
    "csv with a byte order mark": (b"\xef\xbb\xbf" + GOOD_TABLE, 2),
    "csv with a new line in a cell": (table(LINE_ROW.replace("Övre", '"Öv;\nre"'), FEE_ROW), 1),
    "csv of two claims": (table(LINE_ROW, LINE_ROW.replace("980890", "980892"), FEE_ROW), 3),
}
