// The module `_datetime`: dates, times and time zones. `datetime` takes all its names from here.

import LadonLibrary

public func datetimeModule() -> ModuleDefinition {
    ModuleDefinition("_datetime", doc: "Fast implementation of the datetime type.", initialize: datetime_initialize)
}

private func datetime_initialize(_ t: Thread, _ a: Values) -> Value {
    installDateTimeTypes(t)
    let p = dateTime.pointee
    let done = setModuleName(t, a[0], "MINYEAR", Value(smallInt: GregorianCalendar.minimumYear))
        && setModuleName(t, a[0], "MAXYEAR", Value(smallInt: GregorianCalendar.maximumYear))
        && setModuleName(t, a[0], "UTC", loadSlot(p.utc))
        && setModuleName(t, a[0], "date", p.date.value) && setModuleName(t, a[0], "datetime", p.datetime.value)
        && setModuleName(t, a[0], "time", p.time.value) && setModuleName(t, a[0], "timedelta", p.timedelta.value)
        && setModuleName(t, a[0], "timezone", p.timezone.value) && setModuleName(t, a[0], "tzinfo", p.tzinfo.value)
    return done ? .none : .raised
}
