// The proleptic Gregorian calendar: ordinals (day 1 is 1 January of year 1), weekdays, ISO 8601 weeks.

enum GregorianCalendar {
    static let minimumYear = 1, maximumYear = 9999
    /// The ordinal of 31 December 9999.
    static let maximumOrdinal = 3_652_059
    /// The ordinal of 1 January 1970.
    static let epochOrdinal = 719_163

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    static func daysInMonth(_ year: Int, _ month: Int) -> Int {
        if month == 2 { return isLeap(year) ? 29 : 28 }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }

    /// Days in the year before the first of `month`: from March on, 153 days in every five months.
    static func daysBeforeMonth(_ year: Int, _ month: Int) -> Int {
        if month <= 2 { return month == 1 ? 0 : 31 }
        return (153 &* (month &- 3) &+ 2) / 5 &+ (isLeap(year) ? 60 : 59)
    }

    static func daysBeforeYear(_ year: Int) -> Int {
        let y = year &- 1
        return y &* 365 &+ y / 4 &- y / 100 &+ y / 400
    }

    static func ordinal(_ year: Int, _ month: Int, _ day: Int) -> Int { daysBeforeYear(year) &+ daysBeforeMonth(year, month) &+ day }

    /// The date of an ordinal in 1...maximumOrdinal. Counts in years that begin in March, so that the leap day is a year's last
    /// and 400-year, 4-year and 5-month cycles are regular.
    static func date(ordinal: Int) -> (year: Int, month: Int, day: Int) {
        // 306 days lie between 1 March of year 0 and 1 January of year 1.
        let n = ordinal &+ 305
        let cycle = n / 146_097
        let inCycle = n &- cycle &* 146_097
        let yearOfCycle = (inCycle &- inCycle / 1_460 &+ inCycle / 36_524 &- inCycle / 146_096) / 365
        let dayOfYear = inCycle &- (365 &* yearOfCycle &+ yearOfCycle / 4 &- yearOfCycle / 100)
        let m = (5 &* dayOfYear &+ 2) / 153
        let day = dayOfYear &- (153 &* m &+ 2) / 5 &+ 1
        let month = m < 10 ? m &+ 3 : m &- 9
        return (cycle &* 400 &+ yearOfCycle &+ (month <= 2 ? 1 : 0), month, day)
    }

    /// 0 is Monday.
    static func weekday(_ ordinal: Int) -> Int { (ordinal &+ 6) % 7 }

    /// The ordinal of the Monday that begins the year's first ISO week, the one with the year's first Thursday.
    static func firstWeek(_ year: Int) -> Int {
        let firstDay = ordinal(year, 1, 1)
        let weekday = weekday(firstDay)
        let monday = firstDay &- weekday
        return weekday > 3 ? monday &+ 7 : monday
    }

    /// ISO year, week, and weekday from 1 (Monday).
    static func isoWeek(_ year: Int, _ ordinal: Int) -> (year: Int, week: Int, weekday: Int) {
        var year = year
        if ordinal < firstWeek(year) {
            year &-= 1
        } else if ordinal >= firstWeek(year &+ 1) {
            year &+= 1
        }
        let day = ordinal &- firstWeek(year)
        return (year, day / 7 &+ 1, day % 7 &+ 1)
    }

    enum WeekError: Error { case year, week, day }

    /// The ordinal of an ISO date; it may lie outside of the calendar's range at the last days of the year 9999.
    static func ordinal(isoYear year: Int, week: Int, day: Int) -> Result<Int, WeekError> {
        if year < minimumYear || year > maximumYear { return .failure(.year) }
        if week <= 0 || week >= 53 {
            // A year has 53 weeks when it begins on a Thursday, or on a Wednesday and is a leap year.
            let first = weekday(ordinal(year, 1, 1))
            if week != 53 || !(first == 3 || (first == 2 && isLeap(year))) { return .failure(.week) }
        }
        if day <= 0 || day >= 8 { return .failure(.day) }
        return .success(firstWeek(year) &+ (week &- 1) &* 7 &+ day &- 1)
    }
}
