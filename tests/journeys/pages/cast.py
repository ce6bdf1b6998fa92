"""Who there is: the casts of the worlds in `tests/` and of `sample/`, by what they may do."""

BASIC = {"dental_basic"}
INVOICES = {"dental_invoices"}
ASSESSORS = {"frida"}
REVIEWERS = {"gustav", "hanna"}
ADMINISTRATORS = {"ivar"}
# Population responsibility: Jenny at the clinic in Ryd, Klara for its care provider, and one for each role.
POPULATION_REPORTERS = {"jenny", "population_basic"}
POPULATION_INVOICES = {"jenny", "klara", "population_invoices"}
POPULATION = {*POPULATION_REPORTERS, *POPULATION_INVOICES}
# Special care dentistry: Lisa and one for the role at the clinic in Ryd, Mats at its care provider's other
# clinic, Nora at another care provider's.
CLAIMERS_HERE = {"lisa", "special_care_claims"}
CLAIMERS_ELSEWHERE = {"mats", "nora"}
CLAIMERS = {*CLAIMERS_HERE, *CLAIMERS_ELSEWHERE}
IDLE = {"care_responsible"}
CLINIC_ADMINISTRATORS = {"clinic_administrator", "petra"}
HERE = {"anna", *BASIC, *INVOICES}  # at the clinic in Ryd
ELSEWHERE = {"bo", "david"}  # at other clinics, Bo's of the same care provider
AUTHORITY = {*ASSESSORS, *REVIEWERS, *ADMINISTRATORS}
# Care fees: `tests/care_world.py` tells who is where. What the keys of the sample name is in the area Norr.
COORDINATORS_HERE = {"karla"}
COORDINATORS_ELSEWHERE = {"kurt", "ulf"}
COORDINATORS = {*COORDINATORS_HERE, *COORDINATORS_ELSEWHERE}
BILLERS = {"bodil"}
FEE_OFFICERS = {"fia"}
CARE = {*COORDINATORS, *BILLERS, *FEE_OFFICERS}
MUNICIPALITY = {*CARE, "mona"}
# At another authority than the region: clinic, reviewer, administrator, and everybody in the municipality.
ABROAD = {"ulla", "rune", "olof", *MUNICIPALITY}
EVERYBODY = {
    *HERE,
    *ELSEWHERE,
    "eva",
    *ASSESSORS,
    *REVIEWERS,
    *ADMINISTRATORS,
    *CLINIC_ADMINISTRATORS,
    *POPULATION,
    *CLAIMERS,
    *IDLE,
    *ABROAD,
}

READERS = {*HERE, *ELSEWHERE, "eva", *ASSESSORS, *REVIEWERS, "ulla", "rune"}
REPORTERS = {"anna", *BASIC, *ELSEWHERE, "ulla"}
INVOICERS = {"anna", *INVOICES, *ELSEWHERE, "eva", "ulla"}
ALL_ADMINISTRATORS = {*ADMINISTRATORS, "olof", "mona"}
# Who reaches a patient, a case or an invoice of the clinic in Ryd, and who may not know of it.
CASE_READERS = {*HERE, "eva", *ASSESSORS, *REVIEWERS}
CASE_REPORTERS = {"anna", *BASIC}
STRANGERS = {*ELSEWHERE, "ulla", "rune"}
# Who has invoices, but not those of needs allowance in Ryd: for them there is no such invoice.
NO_SUCH_INVOICE = {*STRANGERS, *POPULATION_INVOICES}
INVOICE_READERS = {"anna", *INVOICES, "eva", *REVIEWERS}
# Who sees claims, and who of them may not know of a claim of the clinic in Ryd.
CLAIM_READERS = {*CLAIMERS, *ASSESSORS, *REVIEWERS, "rune"}
CLAIM_STRANGERS = {*CLAIMERS_ELSEWHERE, "rune"}
# A clinic, or a care provider, is there for its own users and the whole authority; they may not change it.
OUR_ADMINISTRATOR = {"ok": ADMINISTRATORS, "hidden": {"olof", "mona"}}
THE_CLINICS = {"ok": ADMINISTRATORS, "hidden": {*ELSEWHERE, *CLAIMERS_ELSEWHERE, *ABROAD}}
THE_PROVIDERS = {"ok": ADMINISTRATORS, "hidden": {"david", "nora", *ABROAD}}
# Who opens the page of a client in Norr, who registers care, and who may not know of the client.
CARE_STRANGERS = COORDINATORS_ELSEWHERE
THE_CLIENT = {"ok": {*COORDINATORS_HERE, *BILLERS, *FEE_OFFICERS}, "hidden": CARE_STRANGERS}
CARE_OF_THE_CLIENT = {"ok": {*COORDINATORS_HERE, *BILLERS}, "hidden": CARE_STRANGERS}
# Who keeps addresses, relations and contact persons, and those of a client in Norr.
KEEPERS = {*ALL_ADMINISTRATORS, *COORDINATORS, *BILLERS}
_OF_THE_CLIENT = {"mona", *COORDINATORS_HERE, *BILLERS}
KEEPERS_OF_THE_CLIENT = {"ok": _OF_THE_CLIENT, "hidden": KEEPERS - _OF_THE_CLIENT}
NOBODY: set[str] = set()
