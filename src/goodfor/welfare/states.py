"""States of companies, their people, employees, grants and wishes for invoices. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

ON: Final = "on"
OFF: Final = "off"
COMPANY: Final = Machine("welfare.company", ON, {ON: frozenset({OFF}), OFF: frozenset({ON})})

#: People who look after it. They come back by being asked anew.
ACTIVE: Final = "active"
GONE: Final = "gone"
PERSON: Final = Machine("welfare.person", ACTIVE, {ACTIVE: frozenset({GONE}), GONE: frozenset({ACTIVE})})
VIEWER, MANAGER = "viewer", "manager"
ROLES: Final = (VIEWER, MANAGER)

# An employee. `invited`: on the list; units may wait already. `joined`: a buyer of the shop, until he erases himself.
INVITED: Final = "invited"
JOINED: Final = "joined"
LEFT: Final = "left"
EMPLOYEE: Final = Machine(
    "welfare.employee",
    INVITED,
    {
        INVITED: frozenset({JOINED, LEFT}),
        JOINED: frozenset({INVITED, LEFT}),
        LEFT: frozenset({INVITED}),
    },
)

# A grant. `draft`: read and looked at, nothing has moved. `short`: a rule's, for which the budget does not do.
DRAFT: Final = "draft"
SHORT: Final = "short"
RUNNING: Final = "running"
DONE: Final = "done"
DROPPED: Final = "dropped"
GRANT: Final = Machine(
    "welfare.grant",
    DRAFT,
    {
        DRAFT: frozenset({SHORT, RUNNING, DROPPED}),
        SHORT: frozenset({RUNNING, DROPPED}),
        RUNNING: frozenset({DONE}),
        DONE: frozenset(),
        DROPPED: frozenset(),
    },
)
FILE, PROGRAM, FESTIVAL, BIRTHDAY, ANNIVERSARY = "file", "program", "festival", "birthday", "anniversary"
RULES: Final = (FESTIVAL, BIRTHDAY, ANNIVERSARY)
GRANT_KINDS: Final = (FILE, PROGRAM, *RULES)

# An invoice for what was prepaid, asked for by the company and written by the shop.
ASKED: Final = "asked"
WRITTEN: Final = "written"
DECLINED: Final = "declined"
INVOICE: Final = Machine(
    "welfare.invoice",
    ASKED,
    {ASKED: frozenset({WRITTEN, DECLINED}), WRITTEN: frozenset(), DECLINED: frozenset({ASKED})},
)
