"""The addresses of care fees; clients by their own number, none holds a personal one."""

from django.urls import path

from kvitt.modules.care_fees.views import (
    absences,
    areas,
    batch_files,
    billing_basis,
    billing_rules,
    clients,
    controls,
    corrections,
    decisions,
    dwellings,
    explanation,
    granted,
    incomes,
    invoice_contacts,
    invoices,
    journal,
    recipients,
    registrations,
    reminders,
    runs,
    services,
    settings,
    simulation,
    tenancies,
    time_plan,
    work,
)

app_name = "care_fees"
urlpatterns = [
    # Clients
    path("", clients.desktop, name="desktop"),
    path("clients/", clients.search_clients, name="search_clients"),
    path("clients/find/", clients.find_client, name="find_client"),
    path("clients/new/", clients.new_client, name="new_client"),
    path("clients/new/<uuid:code>/", clients.create_client, name="create_client"),
    path("clients/<slug:number>/", clients.case, name="case"),
    path("clients/<slug:number>/corrections/add/", corrections.add_correction, name="add_correction"),
    path(
        "clients/<slug:number>/corrections/<int:correction_id>/remove/",
        corrections.remove_correction,
        name="remove_correction",
    ),
    path("clients/<slug:number>/settings/", settings.change_settings, name="change_settings"),
    path("clients/<slug:number>/area/request/", areas.request_move, name="request_move"),
    path("clients/<slug:number>/area/move/", areas.move_client, name="move_client"),
    path(
        "clients/<slug:number>/area/requests/<int:request_id>/refuse/", areas.refuse_move, name="refuse_move"
    ),
    path("clients/<slug:number>/recipients/add/", recipients.add_recipient, name="add_recipient"),
    path(
        "clients/<slug:number>/recipients/<int:contact_id>/save/",
        recipients.save_recipient,
        name="save_recipient",
    ),
    path(
        "clients/<slug:number>/recipients/<int:recipient_id>/end/",
        recipients.end_recipient,
        name="end_recipient",
    ),
    path("clients/<slug:number>/respites/grant/", recipients.grant_respite, name="grant_respite"),
    path("clients/<slug:number>/respites/<int:respite_id>/end/", recipients.end_respite, name="end_respite"),
    path("area-requests/", areas.area_requests, name="area_requests"),
    path("estates/", work.estates, name="estates"),
    path("left-alone/", work.left_alone, name="left_alone"),
    path("respites/", work.respites, name="respites"),
    # What a client is granted.
    path("clients/<slug:number>/services/add/", granted.grant_service, name="grant_service"),
    path(
        "clients/<slug:number>/services/<int:granted_id>/change/",
        granted.change_granted,
        name="change_granted",
    ),
    path("clients/<slug:number>/services/<int:granted_id>/end/", granted.end_granted, name="end_granted"),
    # The catalogue of services.
    path("services/", services.services, name="services"),
    path("services/add/", services.save_service, name="save_service"),
    path("services/<int:service_id>/", services.service, name="service"),
    path("services/<int:service_id>/change/", services.save_service, name="save_service"),
    path("services/<int:service_id>/move/", services.move_service, name="move_service"),
    path("services/<int:service_id>/end/", services.end_service, name="end_service"),
    path("services/<int:service_id>/prices/add/", services.set_service_price, name="set_service_price"),
    path(
        "services/<int:service_id>/prices/<slug:first_on>/change/",
        services.set_service_price,
        name="set_service_price",
    ),
    # Income and fee decisions
    path("clients/<slug:number>/incomes/save/", incomes.save_income, name="save_income"),
    path(
        "clients/<slug:number>/incomes/<int:statement_id>/proof/", incomes.income_proof, name="income_proof"
    ),
    path("clients/<slug:number>/reserved/adjust/", incomes.adjust_reserved, name="adjust_reserved"),
    path(
        "clients/<slug:number>/reserved/<int:adjustment_id>/end/",
        incomes.end_adjustment,
        name="end_adjustment",
    ),
    path("clients/<slug:number>/decisions/decide/", decisions.decide_fee, name="decide_fee"),
    path("clients/<slug:number>/decisions/<int:decision_number>/", decisions.decision, name="decision"),
    path(
        "clients/<slug:number>/decisions/<int:decision_number>/letter/",
        decisions.decision_letter_pdf,
        name="decision_letter",
    ),
    path("decisions/recalculate/", decisions.recalculate_decisions, name="recalculate_decisions"),
    path("decisions/recalculate/make/", decisions.make_decisions, name="make_decisions"),
    path("simulation/", simulation.simulation, name="simulation"),
    # Housing
    path("dwellings/", dwellings.search_dwellings, name="search_dwellings"),
    path("dwellings/new/", dwellings.create_dwelling, name="create_dwelling"),
    path("dwellings/<int:dwelling_id>/change/", dwellings.change_dwelling, name="change_dwelling"),
    path("clients/<slug:number>/tenancies/new/", tenancies.create_tenancy, name="create_tenancy"),
    path("tenancies/", tenancies.search_tenancies, name="search_tenancies"),
    path("tenancies/find/", tenancies.find_tenant, name="find_tenant"),
    path("tenancies/<slug:number>/", tenancies.tenancy, name="tenancy"),
    path("tenancies/<slug:number>/change/", tenancies.change_tenancy, name="change_tenancy"),
    path("tenancies/<slug:number>/rent/", tenancies.change_rent, name="change_rent"),
    path("tenancies/<slug:number>/end/", tenancies.end_tenancy, name="end_tenancy"),
    path("tenancies/<slug:number>/free-month/", tenancies.grant_free_month, name="grant_free_month"),
    path("tenancies/<slug:number>/receipt/", tenancies.receipt, name="receipt"),
    # What was done for clients.
    path("registrations/", registrations.registrations, name="registrations"),
    path("registrations/load/", registrations.load_registrations, name="load_registrations"),
    path(
        "registrations/<int:unit_id>/<slug:month>/", registrations.register_services, name="register_services"
    ),
    path(
        "registrations/<int:unit_id>/<slug:month>/add-client/",
        registrations.add_registered_client,
        name="add_registered_client",
    ),
    # Reading before approval.
    path("billing-basis/", billing_basis.billing_basis, name="billing_basis"),
    path("journal/", journal.journal, name="journal"),
    # Controls and statistics
    path("controls/", controls.controls, name="controls"),
    path("controls/list/", controls.control, name="control"),
    path("statistics/", controls.fee_statistics, name="statistics"),
    path("statistics/units/", controls.unit_reimbursement, name="reimbursement"),
    # Absence
    path("controls/absences/", absences.absences, name="absences"),
    path("clients/<slug:number>/absences/add/", absences.add_absence, name="add_absence"),
    path(
        "clients/<slug:number>/absences/<int:absence_id>/change/",
        absences.change_absence,
        name="change_absence",
    ),
    path("clients/<slug:number>/absences/<int:absence_id>/end/", absences.end_absence, name="end_absence"),
    path(
        "clients/<slug:number>/absences/<int:absence_id>/remove/",
        absences.remove_absence,
        name="remove_absence",
    ),
    path(
        "clients/<slug:number>/absences/<int:absence_id>/reminder/",
        reminders.save_reminder,
        name="save_reminder",
    ),
    path(
        "clients/<slug:number>/reminders/<int:reminder_id>/finish/",
        reminders.finish_reminder,
        name="finish_reminder",
    ),
    # The billing run
    path("run/", runs.billing_run, name="billing_run"),
    path("run/select/", runs.create_selection, name="create_selection"),
    path("run/<int:rule_id>/<slug:month>/calculate/", runs.calculate, name="calculate"),
    path("run/<int:run_id>/stop/", runs.stop_run, name="stop_run"),
    path("run/<int:rule_id>/<slug:month>/approve/", runs.approve, name="approve"),
    path("run/areas/<int:area_id>/<slug:month>/reopen/", runs.reopen, name="reopen"),
    path("run/rules/", billing_rules.rules, name="rules"),
    path("run/rules/add/", billing_rules.save_rule, name="save_rule"),
    path("run/rules/<int:rule_id>/change/", billing_rules.save_rule, name="save_rule"),
    path("run/rules/<int:rule_id>/end/", billing_rules.end_rule, name="end_rule"),
    path("run/time-plan/", time_plan.time_plan, name="time_plan"),
    path("clients/<slug:number>/months/<slug:month>/", explanation.explanation, name="explanation"),
    path(
        "clients/<slug:number>/months/<slug:month>/calculate/",
        runs.calculate_client,
        name="calculate_client",
    ),
    # Invoices
    path("invoices/", invoices.batches, name="batches"),
    path("invoices/make/", invoices.make_invoices, name="make_invoices"),
    path("invoices/waiting/", invoices.waiting_months, name="waiting_months"),
    path("invoices/batches/<int:number>/", invoices.batch, name="batch"),
    path("invoices/batches/<int:number>/send/", batch_files.send_batch, name="send_batch"),
    path("invoices/<int:number>/", invoices.invoice, name="invoice"),
    path("invoices/<int:number>/pdf/", batch_files.invoice_pdf, name="invoice_pdf"),
    path("invoices/contacts/", invoice_contacts.invoice_contacts, name="invoice_contacts"),
    path("invoices/contacts/<int:unit_id>/save/", invoice_contacts.save_contact, name="save_contact"),
    path("invoices/contacts/<int:unit_id>/end/", invoice_contacts.end_contact, name="end_contact"),
    path("clients/<slug:number>/note/", invoice_contacts.change_note, name="change_note"),
]
