"""Every screen and the states in which it is looked at. One that is missing here fails test_accessibility.

Whoever adds a screen or a page adds its line here and brings the tour to it.
"""

DIRECTORY = (
    "clients",
    "sites",
    "contacts",
    "assets",
    "agreements",
    "people",
    "calendars",
    "regions",
    "legal-entities",
)

TABLET: dict[str, tuple[str, ...]] = {
    # Before the door; named after their files in features/account.
    "refused": ("in a browser's tab",),
    "sign_in": ("first time", "wrong password", "no network", "emptied by the system", "given up"),
    "choose_pin": ("first", "again", "the two differ", "after it was emptied"),
    "waiting": ("for the office",),
    "unlock": ("locked", "wrong PIN"),
    "rescue_door": ("asks for the PIN",),
    "account_page": ("a newer version was here", "empties itself"),
    # Screens; named after their addresses.
    "today": (
        *("nothing to do", "full", "found", "nothing found", "offline", "Malay", "Chinese"),
        *("new version", "new version on trial", "new version refused", "storage let go", "given up"),
    ),
    "visit": ("assigned", "under way", "gone", "signed", "long text", "Malay", "Chinese"),
    "run": ("empty", "failed item", "wrong number", "photo", "gone", "signed", "Malay", "Chinese"),
    "ticket": ("new", "resolve", "wait", "note", "resolved", "gone", "long text", "Malay", "Chinese"),
    "site": ("full", "asset", "gone", "Malay", "Chinese"),
    "sign": ("prepare", "nobody", "client reads", "client signs", "client errs", "client refuses", "receipt", "done"),
    "sync": ("all sent", "offline", "signed out", "attention", "decided", "Malay", "Chinese"),
    "conflicts": ("nothing", "two values", "of no visit", "decided", "Malay", "Chinese"),
    "rescue": ("nothing waits", "saved", "Malay", "Chinese"),
    "bring_in": ("empty", "wrong file", "done", "Malay", "Chinese"),
    "readiness": ("checked", "Malay", "Chinese"),
    "sign_in_again": ("with the tablet open",),
    "readmission": ("copied", "confirmed"),
    "lease": ("over",),
    "more": ("full", "Malay", "Chinese"),
    "unplanned": ("empty", "Malay", "Chinese"),
    "walk_up": ("empty", "solved", "Malay", "Chinese"),
    "missing": ("no such page",),
}

SCREEN_FILES = {"sign_in": "sign_in_again"}
"""Screens whose file is named as another state's: features/account/sign_in_screen.tsx is seen with the tablet open."""

NO_PAGE = {
    "/console/events": "a stream of events",
    "/console/attention/live": "a part of the page /console/attention",
    "/console/today": "a part of the page /console/",
    "/console/visits/<uuid:visit_id>/live": "a part of the visit's page",
    "/console/reports/<uuid:report_id>.pdf": "a PDF, judged by the first journey",
    "/console/photos/<uuid:photo_id>": "a picture",
    "/portal/reports/<uuid:report_id>.pdf": "a PDF, judged by the first journey",
    "/portal/photos/<uuid:photo_id>": "a picture",
    "/app/": "the tablet, above",
    "/app/<path:name>": "the tablet's files",
    "/static/<path:filename>": "files",
    "/health": "for machines",
    "/": "sends each role home",
}
"""Doors that answer a GET without a page of their own, and why none is looked at."""

OFFICE: dict[str, tuple[str, ...]] = {
    "/console/": ("full", "the list of keys"),
    "/console/attention": ("nothing waits", "full", "one of each"),
    "/console/find": ("found", "nothing found"),
    "/console/visits": ("full", "nothing found"),
    "/console/visits/new": ("empty", "errors"),
    "/console/visits/<uuid:visit_id>": ("assigned", "two values", "signed"),
    "/console/visits/<uuid:visit_id>/history": ("full",),
    "/console/tickets": ("full", "nothing found"),
    "/console/tickets/new": ("empty", "errors"),
    "/console/tickets/<uuid:ticket_id>": ("full",),
    "/console/tickets/<uuid:ticket_id>/edit": ("full",),
    "/console/tickets/<uuid:ticket_id>/history": ("full",),
    "/console/devices": ("full", "one to worry about"),
    "/console/devices/<uuid:device_id>": ("full",),
    "/console/devices/rescue": ("empty", "wrong file"),
    "/console/people/<uuid:person_id>/access": ("with an account", "errors"),
    "/console/checklists": ("full",),
    "/console/checklists/<uuid:checklist_id>": ("full",),
    **{
        f"/console/{place}{rest}": states
        for place in DIRECTORY
        for rest, states in (
            ("", ("full", "nothing found")),
            ("/new", ("empty", "errors")),
            ("/<uuid:row_id>", ("full",)),
            ("/<uuid:row_id>/edit", ("full",)),
            ("/<uuid:row_id>/history", ("full",)),
        )
    },
    "/sign-in": ("empty", "wrong password"),
    "/portal/": ("nothing yet", "full", "Malay", "Chinese"),
    "/portal/visits/<uuid:visit_id>": ("signed", "Malay", "Chinese"),
    "/r/<public_id>": ("known", "unknown"),
}
