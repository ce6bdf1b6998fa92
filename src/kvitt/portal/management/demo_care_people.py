"""Who the clients of the demo are: forty persons with test numbers, where they live and what they get."""

from dataclasses import dataclass

INTAKE, NORTH, SOUTH, CENTRE = "Nytt ärende ej placerad", "Norr", "Söder", "Centrum"
PARISH = "058001"


@dataclass(frozen=True)
class DemoClient:
    """A client: the person, the billing area, the services by code and unit, since how many months."""

    key: str
    number: str
    given_name: str
    family_name: str
    street: str
    area: str
    services: tuple[tuple[str, str], ...] = ()
    is_couple: bool = False
    accepts_cap: bool = True
    parish: str = PARISH
    is_protected: bool = False
    months: int = 18
    wants: str = ""


CLIENTS = (
    DemoClient("astrid", "19450312-9803", "Astrid", "Provén", "Storgatan 12", NORTH, (("OMV", "4001"),)),
    DemoClient(
        "birger",
        "19380417-9814",
        "Birger",
        "Testlund",
        "Norra vägen 8",
        NORTH,
        (
            ("OMV", "4001"),
            ("LARM", "4003"),
        ),
    ),
    DemoClient(
        "dagny", "19330809-9807", "Dagny", "Parsson", "Ringvägen 9", NORTH, (("OMV", "4001"),), is_couple=True
    ),
    DemoClient(
        "erik", "19291130-9819", "Erik", "Parsson", "Ringvägen 9", NORTH, (("LARM", "4001"),), is_couple=True
    ),
    DemoClient(
        "folke",
        "19310411-9817",
        "Folke",
        "Exempelberg",
        "Provgatan 3",
        NORTH,
        (
            ("OMV", "4001"),
            ("LARM", "4001"),
        ),
    ),
    DemoClient("gota", "19290708-9805", "Göta", "Demostrand", "Norra vägen 21", NORTH, (("OMV", "4001"),)),
    DemoClient(
        "greta",
        "19360605-9800",
        "Greta",
        "Demostrand",
        "Ekbacken 1",
        SOUTH,
        (
            ("VBO", "4004"),
            ("KOST", "4004"),
        ),
        months=1,
        accepts_cap=False,
    ),
    DemoClient(
        "hjordis",
        "19350522-9801",
        "Hjördis",
        "Fiktivsson",
        "Ekbacken 1",
        SOUTH,
        (
            ("VBO", "4004"),
            ("KOST", "4004"),
        ),
        is_couple=True,
        accepts_cap=False,
        months=14,
    ),
    DemoClient(
        "holger",
        "19380914-9812",
        "Holger",
        "Fiktivsson",
        "Södra vägen 30",
        SOUTH,
        (("OMV", "4003"),),
        is_couple=True,
        months=14,
    ),
    DemoClient("ivar", "19400130-9816", "Ivar", "Testmark", "Södra vägen 2", SOUTH, (("OMV", "4003"),)),
    DemoClient(
        "kerstin",
        "19270305-9804",
        "Kerstin",
        "Lindprov",
        "Lindgatan 14",
        CENTRE,
        (
            ("OMV", "4002"),
            ("LARM", "4002"),
        ),
        months=2,
    ),
    DemoClient(
        "lennart",
        "19330617-9817",
        "Lennart",
        "Lindprov",
        "Lindgatan 14",
        CENTRE,
        (("OMV", "4002"),),
        months=2,
    ),
    DemoClient(
        "margit",
        "19391102-9803",
        "Margit",
        "Almtest",
        "Lindgatan 14",
        CENTRE,
        (("OMV", "4002"),),
        is_couple=True,
        months=2,
    ),
    DemoClient(
        "nils",
        "19420819-9812",
        "Nils",
        "Almtest",
        "Lindgatan 14",
        CENTRE,
        (("LARM", "4002"),),
        is_couple=True,
        months=2,
    ),
    DemoClient(
        "olof",
        "19440224-9819",
        "Olof",
        "Björkprov",
        "Ekbacken 1",
        SOUTH,
        (
            ("VBO", "4004"),
            ("KOST", "4004"),
        ),
        accepts_cap=False,
    ),
    DemoClient(
        "rune", "19280712-9818", "Rune", "Ängsprov", "Ängsvägen 4", SOUTH, (("OMV", "4003"),), is_couple=True
    ),
    DemoClient(
        "sonja",
        "19360303-9805",
        "Sonja",
        "Ängstest",
        "Ängsvägen 4",
        SOUTH,
        (("LARM", "4003"),),
        is_couple=True,
    ),
    DemoClient(
        "sigrid",
        "19370925-9802",
        "Sigrid",
        "Holmprov",
        "Norra vägen 5",
        NORTH,
        (
            ("OMV", "4001"),
            ("LARM", "4001"),
        ),
    ),
    DemoClient("tyra", "19410516-9801", "Tyra", "Sandtest", "Centralgatan 6", CENTRE, (("LARM", "4001"),)),
    DemoClient(
        "vera",
        "19430107-9804",
        "Vera",
        "Hemligsson",
        "Okänd väg 2",
        NORTH,
        (("OMV", "4001"),),
        is_protected=True,
        months=1,
    ),
    DemoClient(
        "utan",
        "19300818-9809",
        "Ulla",
        "Utankod",
        "Provgatan 17",
        NORTH,
        (("OMV", "4001"),),
        parish="",
        months=1,
    ),
    DemoClient(
        "lang",
        "19340629-9804",
        "Maria-Magdalena Elisabet",
        "von Testenstierna-Exempelcrona af Provköping",
        "Långa Provgatan 117 B, uppgång 3",
        CENTRE,
        (
            ("OMV", "4003"),
            ("LARM", "4001"),
        ),
    ),
    DemoClient(
        "intake1", "19460411-9810", "Arne", "Nyman", "Storgatan 40", INTAKE, (), months=0, wants=NORTH
    ),
    DemoClient(
        "intake2", "19471230-9808", "Berit", "Nyprov", "Södra vägen 44", INTAKE, (), months=0, wants=SOUTH
    ),
    DemoClient("intake3", "19320209-9812", "Charlotta", "Nytest", "Centralgatan 12", INTAKE, (), months=0),
    DemoClient(
        "delad",
        "19350710-9803",
        "Disa",
        "Tvåområden",
        "Norra vägen 60",
        NORTH,
        (
            ("OMV", "4001"),
            ("LARM", "4003"),
        ),
    ),
    DemoClient(
        "extra1",
        "19390426-9812",
        "Einar",
        "Provdahl",
        "Norra vägen 70",
        NORTH,
        (
            ("OMV", "4001"),
            ("LARM", "4001"),
        ),
    ),
    DemoClient(
        "extra2", "19401115-9805", "Frideborg", "Testholm", "Norra vägen 72", NORTH, (("OMV", "4001"),)
    ),
    DemoClient("extra3", "19260521-9803", "Gunhild", "Demodahl", "Södra vägen 74", SOUTH, (("OMV", "4003"),)),
    DemoClient(
        "extra4",
        "19310928-9813",
        "Helge",
        "Provmo",
        "Södra vägen 76",
        SOUTH,
        (
            ("OMV", "4003"),
            ("LARM", "4003"),
        ),
    ),
    DemoClient("extra5", "19380103-9805", "Ingegerd", "Testvik", "Södra vägen 78", SOUTH, (("OMV", "4003"),)),
    DemoClient(
        "extra6", "19420606-9819", "Josef", "Exempelsten", "Centralgatan 80", CENTRE, (("OMV", "4001"),)
    ),
    DemoClient(
        "extra7",
        "19330814-9800",
        "Karin-Maj",
        "Demovik",
        "Centralgatan 82",
        CENTRE,
        (
            ("OMV", "4001"),
            ("LARM", "4001"),
        ),
    ),
    DemoClient(
        "extra8", "19451009-9817", "Lars-Åke", "Provbo", "Centralgatan 84", CENTRE, (("OMV", "4001"),)
    ),
    DemoClient("extra9", "19290219-9807", "Märta", "Tested", "Norra vägen 86", NORTH, (("OMV", "4001"),)),
    DemoClient(
        "extra10",
        "19360731-9815",
        "Oskar",
        "Fiktivberg",
        "Södra vägen 88",
        SOUTH,
        (
            ("OMV", "4003"),
            ("LARM", "4003"),
        ),
    ),
    DemoClient("extra11", "19370412-9802", "Pärla", "Provhed", "Södra vägen 90", SOUTH, (("OMV", "4003"),)),
    DemoClient(
        "extra12", "19410927-9812", "Ragnar", "Öbergstest", "Centralgatan 92", CENTRE, (("OMV", "4001"),)
    ),
    DemoClient(
        "extra13",
        "19340105-9807",
        "Svea",
        "Åkerprov",
        "Norra vägen 94",
        NORTH,
        (
            ("OMV", "4001"),
            ("LARM", "4001"),
        ),
    ),
    DemoClient("extra14", "19480318-9812", "Torbjörn", "Ekdemo", "Södra vägen 96", SOUTH, (("OMV", "4003"),)),
)
