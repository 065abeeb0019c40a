/// The expression between the braces of an f-string.
struct ReplacementField {
  let range: Range<Int>
  /// The line that it starts on, and where that line starts.
  let line: Int
  let lineStart: Int
  /// The string that it stands in.
  let token: Token
}

/// One or more adjacent string tokens to one expression: a `constant`, or a `joinedStr` if any is an f-string.
struct StringLiteral {
  /// Parses the expression of a replacement field.
  typealias FieldParser = (_ field: ReplacementField) throws(LiteralFailure) -> Expr

  let text: SourceText
  let rules: IdentifierRules
  var warnings: [SourceWarning] = []
  /// Whether a field shows its own text, as in `{x=}`.
  private(set) var showsExpressions = false
  /// The range of the whole, which inner nodes of an f-string have too.
  private var whole: SourceRange
  private var kind: String?
  private var values: [Expr] = []
  private var pending: [UInt32] = []

  /// A token taken apart.
  private struct Parts {
    var prefix = StringPrefix()
    var start: Int
    var end: Int
    var range: SourceRange
  }

  init(text: SourceText, rules: IdentifierRules) {
    self.text = text
    self.rules = rules
    whole = .none
  }

  private func takeApart(_ token: Token) -> Parts {
    let range = SourceRange(
      line: Int(token.line), column: Int(token.column), endLine: Int(token.endLine),
      endColumn: Int(token.endColumn))
    var parts = Parts(start: Int(token.start), end: Int(token.end), range: range)
    while parts.prefix.take(text.base[parts.start]) { parts.start += 1 }
    let quote = text.base[parts.start]
    let isTriple =
      parts.end - parts.start >= 6 && text.base[parts.start + 1] == quote && text.base[parts.start + 2] == quote
    parts.start += isTriple ? 3 : 1
    parts.end -= isTriple ? 3 : 1
    return parts
  }

  mutating func parse(
    _ tokens: UnsafePointer<Token>, _ count: Int, parseField: FieldParser
  ) throws(LiteralFailure) -> Expr {
    let first = tokens[0]
    let last = tokens[count - 1]
    whole = SourceRange(
      line: Int(first.line), column: Int(first.column), endLine: Int(last.endLine), endColumn: Int(last.endColumn))
    let parts = takeApart(first)
    if parts.prefix.isUnicode, text.base[Int(first.start)] == UInt8(ascii: "u") { kind = "u" }
    let isBytes = parts.prefix.isBytes
    var bytes: [UInt8] = []
    var isFormatted = false
    for index in 0..<count {
      let token = tokens[index]
      let part = index == 0 ? parts : takeApart(token)
      if index > 0, part.prefix.isBytes != isBytes { throw .message("cannot mix bytes and nonbytes literals") }
      var decoder = EscapeDecoder(rules: rules)
      if part.prefix.isFormatted {
        isFormatted = true
        try parseFormatted(part, token, parseField)
        continue
      } else if isBytes {
        try decoder.appendBytes(text.bytes(part.start, part.end), isRaw: part.prefix.isRaw, to: &bytes)
      } else if part.prefix.isRaw {
        try EscapeDecoder.appendRaw(text.bytes(part.start, part.end), to: &pending)
      } else {
        try decoder.append(text.bytes(part.start, part.end), to: &pending)
      }
      warn(decoder, token)
    }
    if isBytes { return Expr(.constant(value: .bytes(bytes), kind: nil), whole) }
    if !isFormatted {
      return Expr(.constant(value: .string(StringConstant(codePoints: pending)), kind: kind), whole)
    }
    flush()
    return try node(.joinedStr(values: values), whole, values)
  }

  private mutating func warn(_ decoder: EscapeDecoder, _ token: Token) {
    if let message = decoder.invalidEscape {
      let failure = SyntaxFailure(
        message: message, line: whole.line, offset: whole.column + 1, endLine: whole.endLine,
        endOffset: whole.endColumn + 1, text: nil)
      warnings.append(
        SourceWarning(category: .deprecation, message: message, line: Int(token.line), failure: failure))
    }
  }

  private mutating func flush() { flush(at: whole) }

  private mutating func flush(at range: SourceRange) {
    if pending.isEmpty { return }
    values.append(Expr(.constant(value: .string(StringConstant(codePoints: pending)), kind: kind), range))
    pending = []
  }

  private func node(_ kind: ExprKind, _ range: SourceRange, _ children: [Expr]) throws(LiteralFailure) -> Expr {
    let result = Expr(kind, range)
    var deepest: UInt16 = 0
    for child in children { deepest = max(deepest, child.depth) }
    if deepest >= Expr.maximumDepth { throw .unexplainedField }
    result.depth = deepest + 1
    return result
  }
}

// MARK: - F-strings

extension StringLiteral {
  /// Where the parser of one f-string token stands.
  private struct Cursor {
    var pos: Int
    let end: Int
    let isRaw: Bool
    let token: Token
    let range: SourceRange
    /// The line of `linePos`, kept up as fields are reached.
    var line: Int
    var lineStart: Int
    var linePos: Int
  }

  private mutating func parseFormatted(
    _ parts: Parts, _ token: Token, _ parseField: FieldParser
  ) throws(LiteralFailure) {
    var cursor = Cursor(
      pos: parts.start, end: parts.end, isRaw: parts.prefix.isRaw, token: token, range: parts.range,
      line: Int(token.line), lineStart: Int(token.start) - Int(token.column), linePos: Int(token.start))
    try parsePieces(&cursor, nesting: 0, parseField)
    if cursor.pos < cursor.end { throw .message("f-string: unexpected end of string") }
  }

  /// Literal text and fields up to the end, or, in a format specification, up to its closing brace.
  private mutating func parsePieces(
    _ cursor: inout Cursor, nesting: Int, _ parseField: FieldParser
  ) throws(LiteralFailure) {
    while true {
      let continues = try parseLiteral(&cursor, nesting: nesting)
      if continues { continue }
      if cursor.pos >= cursor.end || text.base[cursor.pos] == UInt8(ascii: "}") { break }
      try parseReplacement(&cursor, nesting: nesting, parseField)
    }
    if nesting > 0, cursor.pos >= cursor.end { throw .message("f-string: expecting '}'") }
  }

  /// Literal text up to a brace. True if it ended in a doubled brace, which stands for one.
  private mutating func parseLiteral(_ cursor: inout Cursor, nesting: Int) throws(LiteralFailure) -> Bool {
    let start = cursor.pos
    let base = text.base
    var stop = cursor.end
    var isDoubled = false
    var braceEscape = false
    while cursor.pos < cursor.end {
      let c = base[cursor.pos]
      cursor.pos += 1
      if c == 92, !cursor.isRaw, cursor.pos < cursor.end {
        let next = base[cursor.pos]
        if next == UInt8(ascii: "{") || next == UInt8(ascii: "}") {
          if next == UInt8(ascii: "{") { braceEscape = true }
          continue
        }
        cursor.pos += 1
        if next == UInt8(ascii: "N"), cursor.pos < cursor.end, base[cursor.pos] == UInt8(ascii: "{") {
          while cursor.pos < cursor.end, base[cursor.pos] != UInt8(ascii: "}") { cursor.pos += 1 }
          if cursor.pos < cursor.end { cursor.pos += 1 }
        }
        continue
      }
      if c == UInt8(ascii: "{") || c == UInt8(ascii: "}") {
        if nesting == 0 {
          if cursor.pos < cursor.end, base[cursor.pos] == c {
            stop = cursor.pos
            cursor.pos += 1
            isDoubled = true
            break
          }
          if c == UInt8(ascii: "}") {
            cursor.pos -= 1
            throw .message("f-string: single '}' is not allowed")
          }
        }
        cursor.pos -= 1
        stop = cursor.pos
        break
      }
    }
    if stop > start {
      if cursor.isRaw {
        try EscapeDecoder.appendRaw(text.bytes(start, stop), to: &pending)
      } else {
        var decoder = EscapeDecoder(rules: rules)
        try decoder.append(text.bytes(start, stop), to: &pending)
        if decoder.invalidEscape == nil, braceEscape { decoder.invalidEscape = "invalid escape sequence '\\{'" }
        warn(decoder, cursor.token)
      }
    }
    return isDoubled
  }

  private mutating func parseReplacement(
    _ cursor: inout Cursor, nesting: Int, _ parseField: FieldParser
  ) throws(LiteralFailure) {
    if nesting >= 2 { throw .message("f-string: expressions nested too deeply") }
    let base = text.base
    cursor.pos += 1
    let start = cursor.pos
    try skipExpression(&cursor)
    let finish = cursor.pos
    let unexpectedEnd = LiteralFailure.message("f-string: expecting '}'")
    if cursor.pos >= cursor.end { throw unexpectedEnd }
    let isBlank = text.bytes(start, finish).allSatisfy { $0 == 32 || ($0 >= 9 && $0 <= 13) }
    if isBlank {
      let next = base[finish]
      if next == UInt8(ascii: "}") { throw .message("f-string: empty expression not allowed") }
      throw .message("f-string: expression required before '\(Character(Unicode.Scalar(next)))'")
    }
    while cursor.linePos < start {
      if base[cursor.linePos] == 10 {
        cursor.line += 1
        cursor.lineStart = cursor.linePos + 1
      }
      cursor.linePos += 1
    }
    let value = try parseField(
      ReplacementField(range: start..<finish, line: cursor.line, lineStart: cursor.lineStart, token: cursor.token))
    var debugText: [UInt32]?
    if base[cursor.pos] == UInt8(ascii: "=") {
      cursor.pos += 1
      while cursor.pos < cursor.end, base[cursor.pos] == 32 || (base[cursor.pos] >= 9 && base[cursor.pos] <= 13) {
        cursor.pos += 1
      }
      if cursor.pos >= cursor.end { throw unexpectedEnd }
      var shown: [UInt32] = []
      try EscapeDecoder.appendRaw(text.bytes(start, cursor.pos), to: &shown)
      debugText = shown
      showsExpressions = true
    }
    var conversion = -1
    if base[cursor.pos] == UInt8(ascii: "!") {
      cursor.pos += 1
      if cursor.pos >= cursor.end { throw unexpectedEnd }
      conversion = Int(base[cursor.pos])
      cursor.pos += 1
      if conversion != 115, conversion != 114, conversion != 97 {
        throw .message("f-string: invalid conversion character: expected 's', 'r', or 'a'")
      }
      if cursor.pos >= cursor.end { throw unexpectedEnd }
    }
    var specification: Expr?
    if base[cursor.pos] == UInt8(ascii: ":") {
      cursor.pos += 1
      if cursor.pos >= cursor.end { throw unexpectedEnd }
      specification = try parseSpecification(&cursor, nesting, parseField)
    }
    if cursor.pos >= cursor.end || base[cursor.pos] != UInt8(ascii: "}") { throw unexpectedEnd }
    cursor.pos += 1
    if let shown = debugText {
      pending += shown
      if specification == nil, conversion == -1 { conversion = 114 }
    }
    flush()
    let children = specification.map { [value, $0] } ?? [value]
    let field = ExprKind.formattedValue(value: value, conversion: conversion, formatSpec: specification)
    values.append(try node(field, whole, children))
  }

  /// The specification is an f-string of its own; it and its last piece have the token's range, as in CPython.
  private mutating func parseSpecification(
    _ cursor: inout Cursor, _ nesting: Int, _ parseField: FieldParser
  ) throws(LiteralFailure) -> Expr {
    let outerValues = values
    let outerPending = pending
    values = []
    pending = []
    try parsePieces(&cursor, nesting: nesting + 1, parseField)
    flush(at: cursor.range)
    let result = try node(.joinedStr(values: values), cursor.range, values)
    values = outerValues
    pending = outerPending
    return result
  }

  /// Moves to the character that ends a field's expression. Messages are Python 3.11's, for what PEP 701
  /// forbids too.
  private func skipExpression(_ cursor: inout Cursor) throws(LiteralFailure) {
    let base = text.base
    let scanner = FStringScanner(base: UnsafePointer(base), end: cursor.end)
    let start = cursor.pos
    var open: [UInt8] = []
    while cursor.pos < cursor.end {
      let c = base[cursor.pos]
      let next: UInt8 = cursor.pos + 1 < cursor.end ? base[cursor.pos + 1] : 0
      switch c {
      case 92:
        if next != 10 { throw .message("f-string expression part cannot include a backslash") }
        cursor.pos += 1
      case 34, 39:
        guard let after = scanner.stringEnd(at: cursor.pos, notBefore: start, depth: 0) else {
          throw .message("f-string: unterminated string")
        }
        cursor.pos = after
        continue
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        if open.count >= Tokenizer.maximumNesting { throw .message("f-string: too many nested parenthesis") }
        open.append(c)
      case UInt8(ascii: "#"):
        var at = cursor.pos
        while at < cursor.end, base[at] != 10 { at += 1 }
        if at >= cursor.end { throw .message("f-string expression part cannot include '#'") }
        cursor.pos = at
        continue
      case UInt8(ascii: "!"), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"):
        if next == UInt8(ascii: "=") {
          cursor.pos += 2
          continue
        }
        if open.isEmpty, c == UInt8(ascii: "!") || c == UInt8(ascii: "=") { return }
      case UInt8(ascii: ":"):
        if open.isEmpty { return }
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        let shown = Character(Unicode.Scalar(c))
        guard let last = open.popLast() else {
          if c == UInt8(ascii: "}") { return }
          throw .message("f-string: unmatched '\(shown)'")
        }
        if c != (last == 40 ? 41 : last + 2) {
          let opening = Character(Unicode.Scalar(last))
          throw .message(
            "f-string: closing parenthesis '\(shown)' does not match opening parenthesis '\(opening)'")
        }
      default: break
      }
      cursor.pos += 1
    }
    if let last = open.last { throw .message("f-string: unmatched '\(Character(Unicode.Scalar(last)))'") }
  }
}
