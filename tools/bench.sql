INSERT INTO organisations_careprovider (authority_id, organisation_number, name, sort_key, search_key)
SELECT %(authority)s, lpad(i::text, 10, '0'), 'Provider ' || i, 'provider ' || i, 'provider ' || i
FROM generate_series(1, %(clinics)s / 5) i;

INSERT INTO organisations_clinic (authority_id, provider_id, number, name, sort_key, search_key,
    street, postcode, town, phone, email, giro_kind, giro_number)
SELECT %(authority)s, p.id, (1000 + p.id * 5 + i)::text, 'Clinic ' || i, 'clinic ' || i, 'clinic ' || i,
    '', '', '', '', '', '', ''
FROM organisations_careprovider p, generate_series(0, 4) i;

INSERT INTO organisations_clinicright (clinic_id, scheme, first_on)
SELECT id, 'needs_allowance', '2020-01-01' FROM organisations_clinic;

INSERT INTO people_person (authority_id, identity_number, identity_kind, code, given_name, family_name,
    sort_key, search_key, phone, is_protected)
SELECT %(authority)s, '99' || lpad(i::text, 10, '0'), 'reserve', gen_random_uuid(), 'Given' || i, 'Family' || i,
    'family' || i, 'given family' || i, '', false
FROM generate_series(1, %(cases)s) i;

INSERT INTO listings_listing (person_id, clinic_id, first_on)
SELECT p.id, (SELECT min(id) FROM organisations_clinic) + p.id %% %(clinics)s, '2024-01-01' FROM people_person p;

INSERT INTO needs_allowance_case (authority_id, number, clinic_id, person_id, first_on, last_on, created_on,
    changed_at, changed_by)
SELECT %(authority)s, 'B2024-' || lpad(l.id::text, 6, '0'), l.clinic_id, l.person_id, d, d + 364, d, now(), 'Bench'
FROM listings_listing l, LATERAL (SELECT date '2024-04-01' + (l.id %% 330)::int AS d) days;

INSERT INTO ledger_line (authority_id, module, clinic_id, person_id, case_number, code, text, performed_on,
    quantity, price, amount, status)
SELECT %(authority)s, 'needs_allowance', c.clinic_id, c.person_id, c.number,
    CASE i WHEN 0 THEN '100' ELSE (100 + i)::text END, 'Procedure ' || i, c.first_on + i, 1, price, price,
    CASE WHEN c.id %% 10 = 0 THEN 'approved' ELSE 'invoiced' END
FROM needs_allowance_case c, generate_series(0, %(lines_per_case)s - 1) i,
    LATERAL (SELECT CASE i WHEN 0 THEN -500000 ELSE 60000 + (c.id %% 90) * 100 END AS price) prices;

INSERT INTO needs_allowance_procedure (case_id, line_id, is_deductible, code, text, location, surface,
    quantity, price, performed_on, status)
SELECT c.id, l.id, l.code = '100', l.code, l.text, '', '', 1, l.price, l.performed_on, 'approved'
FROM ledger_line l JOIN needs_allowance_case c ON c.number = l.case_number;

INSERT INTO ledger_invoice (authority_id, module, clinic_id, clinic_number, clinic_name, provider_number,
    provider_name, payer_name, external_reference, reference_search_key, invoice_date, due_date, total, status,
    return_reason, voucher_year, voucher_number, issued_at)
SELECT %(authority)s, 'needs_allowance', clinic_id, clinic_id::text, 'Clinic', '1', 'Provider', 'Region',
    'Invoice ' || clinic_id || ' ' || (id / %(clinics)s %% 100), 'invoice ' || clinic_id, '2025-01-31', '2025-03-02',
    0, 'paid_out', '', 2025, row_number() OVER (), now()
FROM needs_allowance_case WHERE id %% 10 = 1;

INSERT INTO ledger_invoicerow (invoice_id, line_id, kind, amount, is_void)
SELECT (SELECT min(id) FROM ledger_invoice) + l.id %% (SELECT count(*) FROM ledger_invoice), l.id, 'charge',
    l.amount, false
FROM ledger_line l WHERE l.status = 'invoiced';

UPDATE ledger_invoice i SET total = s.total
FROM (SELECT invoice_id, sum(amount) AS total FROM ledger_invoicerow GROUP BY 1) s WHERE s.invoice_id = i.id;

ANALYZE;
