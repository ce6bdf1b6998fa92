"""Example claims files: a good one, and one for each fault code, as small changes of the good one.

`WORLD` tells what the examples suppose of the region: the tests make it so. Run by `tools/formats.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "urn:kvitt:claims:1"
DAY = "2024-11-18"
GRETA, HOLGER, INGRID, CHILD = "194503129803", "195211049811", "196006099805", "201303102394"

# What the examples suppose, told in docs/formats/fault-codes.md.
WORLD = f"""\
- Mottagning 1111 är din, 2222 hör till en annan vårdgivare, och 1113 är din men inte ansluten. Dagen är
  2024-11-20, och regionens länskod 05.
- {GRETA} har N-intyg 764153 (kategori N1), {HOLGER} har F-intyg 764154 (F2). {INGRID} har inget
  intyg och avled 2024-11-10. {CHILD} är ett barn.
- Förhandsbedömning F2024-000901 är S-tandvård för den första, gäller 2024-06-01 till 2025-05-31 och har kvar
  en 825 i UK för 12 705 kr och en 890 för 3 000 kr.
- Åtgärd 480 saknar pris, 898 kräver tand eller käke, 897 kan ha käke men inte tand, och 201 får inte stå i
  samma räkning som 206. Övriga åtgärder och priser är demodatats. Årsgränsen utan förhandsbedömning är
  20 000 kr.
- Räkning 980001 är inskickad med åtgärd 101 den 2024-11-15 och utbetald. Räkning 980002 är inskickad och inte
  utbetald.
"""


@dataclass(frozen=True)
class Line:
    """A procedure, or a fee where the code is empty."""

    code: str = ""
    location: str | None = None
    price: str | None = None
    comment: str | None = None


FEE = Line(price="200.00")
LINES = (Line("101"), Line("825", "UK"), FEE)
HEAD = {
    "reference": "980890",
    "support": "N",
    "personalNumber": GRETA,
    "certificateNumber": "764153",
    "careModel": "K",
}
S_HEAD = {
    **HEAD,
    "support": "S",
    "certificateNumber": None,
    "careModel": None,
    "preauthorization": "F2024-000901",
    "category": "S2",
}
PLANNED = (Line("825", "UK"), FEE)
ORDER = (
    "reference",
    "support",
    "personalNumber",
    "certificateNumber",
    "preauthorization",
    "careModel",
    "category",
)
CARD = {"number": "F123456", "first": "2024-01-01", "last": "2024-12-31"}


def claim(
    *lines: Line,
    head: Mapping[str, str | None] = HEAD,
    day: str = DAY,
    card: Mapping[str, str] | None = None,
    comment: str | None = None,
    **changes: str | None,
) -> str:
    """Return a claim of one visit with these lines, as XML."""
    values = {**head, **changes}
    rows = [_element(name, values.get(name), 6) for name in ORDER]
    if card is not None:
        rows += [
            "      <card>\n",
            *(_element(name, text, 8) for name, text in card.items()),
            "      </card>\n",
        ]
    rows.append(_element("comment", comment, 6))
    rows.append(visit(*lines, day=day) if lines else "")
    return f"    <claim>\n{''.join(rows)}    </claim>\n"


def visit(*lines: Line, day: str = DAY) -> str:
    """Return a visit with these lines, as XML."""
    return f"      <visit>\n{_element('date', day, 8)}{''.join(map(_line, lines))}      </visit>\n"


def credit(reference: str = "980001") -> str:
    """Return a credit, as XML."""
    return f"    <credit>\n{_element('reference', reference, 6)}    </credit>\n"


def file(*entries: str, clinic: str = "1111", reference: str = "1234", county: str | None = None) -> str:
    """Return a claims file of one invoice, as XML."""
    more = "" if county is None else f" county={quoteattr(county)}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<claimsFile xmlns="{NAMESPACE}" version="1.0">\n'
        f"  <invoice clinic={quoteattr(clinic)} reference={quoteattr(reference)}{more}>\n"
        f"{''.join(entries)}  </invoice>\n</claimsFile>\n"
    )


def _line(line: Line) -> str:
    if not line.code:
        return (
            "        <patientFee>\n"
            f"{_element('amount', line.price, 10)}{_element('comment', line.comment, 10)}"
            "        </patientFee>\n"
        )
    values = {"code": line.code, "location": line.location, "price": line.price, "comment": line.comment}
    return f"        <line>\n{''.join(_element(*value, 10) for value in values.items())}        </line>\n"


def _element(name: str, text: str | None, indent: int) -> str:
    return "" if text is None else f"{' ' * indent}<{name}>{escape(text)}</{name}>\n"


GOOD = file(
    claim(*LINES, comment="Besök i hemmet"),
    claim(
        Line("341"),
        reference="980891",
        support="F",
        personalNumber=HOLGER,
        certificateNumber=None,
        careModel=None,
        card=CARD,
    ),
    claim(*PLANNED, head=S_HEAD, reference="980892"),
    credit(),
)

_HEADING = (
    "row;clinic;invoice;county;reference;support;personal_number;certificate_number;preauthorization;"
    "care_model;category;card_number;card_first;card_last;claim_comment;date;code;location;amount;comment"
)
GOOD_TABLE = "\r\n".join(
    (
        _HEADING,
        f"line;1111;1234;;980890;N;{GRETA};764153;;K;;;;;Besök i hemmet;{DAY};101;;;",
        f"line;1111;1234;;980890;N;{GRETA};764153;;K;;;;;Besök i hemmet;{DAY};825;UK;;",
        f"fee;1111;1234;;980890;N;{GRETA};764153;;K;;;;;Besök i hemmet;{DAY};;;200,00;",
        f"line;1111;1234;;980891;F;{HOLGER};;;;;F123456;2024-01-01;2024-12-31;;{DAY};341;;;",
        f"line;1111;1234;;980892;S;{GRETA};;F2024-000901;;S2;;;;;{DAY};825;UK;;",
        f"fee;1111;1234;;980892;S;{GRETA};;F2024-000901;;S2;;;;;{DAY};;;200,00;",
        "credit;1111;1234;;980001;;;;;;;;;;;;;;;",
        "",
    )
)


def one(*lines: Line, **changes: str | None) -> str:
    """Return a file of one claim, of the code 101 and a fee unless told."""
    return file(claim(*(lines or (Line("101"), FEE)), **changes))  # type: ignore[arg-type]


def planned(*lines: Line, **changes: str | None) -> str:
    """Return a file of one claim of S dental care."""
    return file(claim(*(lines or PLANNED), head=S_HEAD, **changes))  # type: ignore[arg-type]


def carded(lines: Sequence[Line] = (Line("101"),), **card: str) -> str:
    """Return a file of one claim with an exemption card."""
    return file(claim(*lines, card=card))


F_CARE: dict[str, str | None] = {"support": "F", "personalNumber": HOLGER, "certificateNumber": "764154"}
EXAMPLES: Mapping[str, str] = {
    "no_certificate": one(personalNumber=INGRID, certificateNumber=None, day="2024-11-08"),
    "unknown_certificate": one(certificateNumber="999999"),
    "category_missing": planned(category=None),
    "category_unknown": planned(category="S99"),
    "category_support": planned(category="N1"),
    "category_certificate": one(category="N2"),
    "care_model_missing": one(careModel=None),
    "care_model_unknown": one(careModel="X1"),
    "care_model_only_n": one(**F_CARE),
    "needs_plan": planned(preauthorization=None),
    "unknown_plan": planned(preauthorization="F2024-999999"),
    "plan_support": one(Line("825", "UK"), FEE, preauthorization="F2024-000901"),
    "plan_period": planned(day="2024-05-31"),
    "mixed_care": planned(Line("825", "UK"), Line("101"), FEE),
    "not_in_plan": planned(Line("101"), FEE),
    "plan_location": planned(Line("825", "ÖK"), FEE),
    "plan_count": planned(Line("825", "UK"), Line("825", "UK"), FEE),
    "plan_amount": planned(Line("890", price="3000.01"), FEE),
    "year_amount": one(Line("825", "UK"), Line("825", "ÖK"), FEE),
    "no_lines": file(claim()),
    "in_future": one(day="2099-01-01"),
    "too_old": one(day="2024-01-15"),
    "after_death": one(personalNumber=INGRID, certificateNumber=None),
    "unknown_code": one(Line("999"), FEE),
    "no_price": one(Line("480"), FEE),
    "price_typed": one(Line("101", price="980.00"), FEE),
    "price_missing": one(Line("890"), FEE),
    "price_out_of_range": one(Line("890", price="0.00"), FEE),
    "not_a_location": one(Line("701", "99"), FEE),
    "needs_tooth_or_jaw": one(Line("898"), FEE),
    "needs_tooth": one(Line("701"), FEE),
    "needs_jaw": one(Line("825"), FEE),
    "takes_no_place": one(Line("101", "11"), FEE),
    "takes_no_tooth": one(Line("897", "11"), FEE),
    "takes_no_jaw": one(Line("121", "UK"), FEE),
    "primary_tooth": one(Line("501", "51"), FEE),
    "permanent_tooth": one(Line("520", "11"), FEE),
    "patient_too_young": one(Line("800", "11"), FEE, personalNumber=CHILD, certificateNumber=None),
    "patient_too_old": one(Line("520", "51"), FEE),
    "combination_day": one(Line("101"), Line("103"), FEE),
    "combination_period": one(Line("201"), Line("206"), FEE),
    "combination_tooth": one(Line("401", "12"), Line("402", "12"), FEE),
    "too_many": one(Line("124"), Line("124"), FEE),
    "comment_long": one(Line("101", comment="Lång kommentar. " * 40), FEE),
    "claimed_before": one(day="2024-11-15"),
    "fee_missing": one(Line("101"), Line()),
    "fee_negative": one(Line("101"), Line(price="-200.00")),
    "fee_out_of_range": one(Line("101"), Line(price="0.00")),
    "fee_location": one(Line("101"), Line("patAvg", "11", "200.00")),
    "fee_without_procedure": one(FEE),
    "fee_twice": one(Line("101"), FEE, FEE),
    "fee_above_prices": one(Line("101"), Line(price="5000.00")),
    "fee_and_card": carded((Line("101"), FEE), **CARD),
    "fee_above_highest": one(Line("101"), Line(price="400.00")),
    "no_fee": one(Line("101")),
    "card_number_missing": carded(first="2024-01-01", last="2024-12-31"),
    "card_number_long": carded(**{**CARD, "number": "F" * 31}),
    "card_dates_missing": carded(number="F123456"),
    "card_in_order": carded(number="F123456", first="2024-12-31", last="2024-01-01"),
    "invoice_reference_missing": file(claim(*LINES), reference=""),
    "invoice_reference_long": file(claim(*LINES), reference="1" * 41),
    "invoice_reference_is_personal": file(claim(*LINES), reference=GRETA),
    "reference_is_personal": one(reference=GRETA),
    "reference_characters": one(reference="980-890"),
    "reference_long": one(reference="9" * 41),
    "reference_used": one(reference="980001"),
    "unknown_county": file(claim(*LINES), county="99"),
    "own_county": file(claim(*LINES), county="05"),
    "file_entry": one(day="2025-02-30"),
    "reference_missing": one(reference=None),
    "reference_twice": file(claim(*LINES), claim(Line("341"), FEE)),
    "clinic_unknown": file(claim(*LINES), clinic="9999"),
    "other_clinic": file(claim(*LINES), clinic="2222"),
    "clinic_not_connected": file(claim(*LINES), clinic="1113"),
    "identity_number_wrong": one(personalNumber="194503129804"),
    "unknown_person": one(personalNumber="194504299803"),
    "credit_unknown": file(credit("980999")),
    "credit_twice": file(credit(), credit()),
    "credit_not_possible": file(credit("980002")),
}

_TABLE_LINES = GOOD_TABLE.splitlines(keepends=True)
# By the name of the file. One too large an entry is left out here: it would be as large.
REFUSED: Mapping[str, bytes] = {
    "file_empty.xml": b"",
    "file_other_kind.xml": b"<!DOCTYPE html>\n<html><body>Logga in</body></html>\n",
    "file_not_text.csv": "".join(_TABLE_LINES[:2]).encode() + b"\x00\x01\r\n",
    "file_packed.zip": b"PK\x05\x06" + bytes(18),
    "file_not_utf8.xml": GOOD.encode("latin-1"),
    "file_doctype.xml": GOOD.replace("<claims", '<!DOCTYPE a SYSTEM "a.dtd">\n<claims', 1).encode(),
    "file_not_well_formed.xml": GOOD.replace("Besök i hemmet", "Besök & hembesök").encode(),
    "file_cut_off.xml": GOOD[: GOOD.index("</claim>")].encode(),
    "file_wrong_root.xml": GOOD.replace("claimsFile", "claims").encode(),
    "file_wrong_namespace.xml": GOOD.replace(NAMESPACE, "urn:example:claims").encode(),
    "file_version.xml": GOOD.replace(f'{NAMESPACE}" version="1.0"', f'{NAMESPACE}" version="0.9"').encode(),
    "file_without_claims.csv": _HEADING.encode(),
    "file_not_csv.csv": GOOD_TABLE.replace("Besök", '"Besök', 1).encode(),
    "file_wrong_cells.csv": GOOD_TABLE.replace("Besök i", "Besök; i", 1).encode(),
    "file_missing_column.csv": GOOD_TABLE.replace("support;", "", 1).encode(),
    "file_unknown_column.csv": GOOD_TABLE.replace("reference", "ref", 1).encode(),
    "file_column_twice.csv": GOOD_TABLE.replace("county", "clinic", 1).encode(),
}
