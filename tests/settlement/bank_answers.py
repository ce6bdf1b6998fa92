"""Answers of a bank, as it would write them."""

STATUS = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
OLD_STATUS = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"
BOOKED = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
OLD_BOOKED = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"


def status_report(*statuses, message="", group="", why="", namespace=STATUS):
    """Write a status report: of payments as (end-to-end id, status, code, words), and of the whole file."""
    told = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{status}</TxSts>{_reason(*why)}</TxInfAndSts>"
        for name, status, *why in statuses
    )
    of_group = f"<GrpSts>{group}</GrpSts>{_reason(why)}" if group else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{namespace}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>B1</MsgId><CreDtTm>2024-11-22T10:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message or 'M'}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{of_group}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message or 'M'}</OrgnlPmtInfId>{told}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def notification(*entries, namespace=BOOKED):
    """Write a notification of entries that `booked` and the like wrote."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{namespace}"><BkToCstmrDbtCdtNtfctn>'
        f"<GrpHdr><MsgId>B2</MsgId></GrpHdr><Ntfctn><Id>1</Id>{''.join(entries)}</Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def booked(name, kronor, day="2024-11-22", *, status="<Cd>BOOK</Cd>", sign="DBIT", currency="SEK", more=""):
    """Write an entry of one payment that left the account."""
    return (
        f'<Ntry><Amt Ccy="{currency}">{kronor}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs>{more}"
        "</TxDtls></NtryDtls></Ntry>"
    )


def booked_together(message, kronor, day="2024-11-22"):
    """Write an entry of a whole payment file that left the account as one sum."""
    return (
        f'<Ntry><Amt Ccy="SEK">{kronor}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><DtTm>{day}T10:00:00+01:00</DtTm></BookgDt><NtryDtls><Btch><PmtInfId>{message}</PmtInfId>"
        "</Btch></NtryDtls></Ntry>"
    )


def _reason(code="", words=""):
    if not code:
        return ""
    added = f"<AddtlInf>{words}</AddtlInf>" if words else ""
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn>{added}</StsRsnInf>"
