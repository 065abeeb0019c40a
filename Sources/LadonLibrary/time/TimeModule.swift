// The module `time`.

import LadonTypes

public func timeModule() -> ModuleDefinition {
    ModuleDefinition("time", doc: "This module provides various functions to manipulate time values.\n\nThere are two standard representations of time.  One is the number\nof seconds since the Epoch, in UTC (a.k.a. GMT).  It may be an integer\nor a floating point number (to represent fractions of seconds).\nThe Epoch is system-defined; on Unix, it is generally January 1st, 1970.\nThe actual value can be retrieved by calling gmtime(0).\n\nThe other representation is a tuple of 9 integers giving local time.",
                     members: clockMembers() + calendarMembers(), initialize: { t, a in setZoneAttributes(t, a[0]) })
}
