// The words of a compiled pattern, as `re._compiler` emits them. The numbers are part of the format (MAGIC 20220615).

/// Operations.
enum SREOp {
    static let failure: UInt32 = 0, success: UInt32 = 1, any: UInt32 = 2, anyAll: UInt32 = 3, assert: UInt32 = 4, assertNot: UInt32 = 5
    static let at: UInt32 = 6, branch: UInt32 = 7, category: UInt32 = 8, charset: UInt32 = 9, bigCharset: UInt32 = 10
    static let groupRef: UInt32 = 11, groupRefExists: UInt32 = 12, `in`: UInt32 = 13, info: UInt32 = 14, jump: UInt32 = 15
    static let literal: UInt32 = 16, mark: UInt32 = 17, maxUntil: UInt32 = 18, minUntil: UInt32 = 19, notLiteral: UInt32 = 20
    static let negate: UInt32 = 21, range: UInt32 = 22, `repeat`: UInt32 = 23, repeatOne: UInt32 = 24, subpattern: UInt32 = 25
    static let minRepeatOne: UInt32 = 26, atomicGroup: UInt32 = 27, possessiveRepeat: UInt32 = 28, possessiveRepeatOne: UInt32 = 29
    static let groupRefIgnore: UInt32 = 30, inIgnore: UInt32 = 31, literalIgnore: UInt32 = 32, notLiteralIgnore: UInt32 = 33
    static let groupRefLocIgnore: UInt32 = 34, inLocIgnore: UInt32 = 35, literalLocIgnore: UInt32 = 36, notLiteralLocIgnore: UInt32 = 37
    static let groupRefUniIgnore: UInt32 = 38, inUniIgnore: UInt32 = 39, literalUniIgnore: UInt32 = 40, notLiteralUniIgnore: UInt32 = 41
    static let rangeUniIgnore: UInt32 = 42
    static let count: UInt32 = 43
}

/// Positions that AT tests for.
enum SREAt {
    static let beginning: UInt32 = 0, beginningLine: UInt32 = 1, beginningString: UInt32 = 2, boundary: UInt32 = 3, nonBoundary: UInt32 = 4
    static let end: UInt32 = 5, endLine: UInt32 = 6, endString: UInt32 = 7, locBoundary: UInt32 = 8, locNonBoundary: UInt32 = 9
    static let uniBoundary: UInt32 = 10, uniNonBoundary: UInt32 = 11
    static let count: UInt32 = 12
}

/// Flags of a pattern.
enum SREFlag {
    static let template = 1, ignoreCase = 2, locale = 4, multiline = 8, dotAll = 16, unicode = 32, verbose = 64, debug = 128, ascii = 256
}

/// Flags of an INFO block.
enum SREInfo {
    static let prefix: UInt32 = 1, literal: UInt32 = 2, charset: UInt32 = 4
}

/// "No upper limit" in a repetition.
let sreMaxRepeat: UInt32 = .max
