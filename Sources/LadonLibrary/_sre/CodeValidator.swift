// Checks the words given to `_sre.compile`, so that no list of numbers can send the matcher out of bounds.

struct CodeValidator {
    let code: UnsafePointer<UInt32>
    let count: Int
    let groups: Int

    /// Whether all of the code is well formed and ends with SUCCESS.
    func isValid() -> Bool { count > 0 && code[count - 1] == SREOp.success && block(0, count - 1, depth: 0) }

    /// Where the skip word at `position` leads, if that is within `..<=end`.
    private func skip(_ position: Int, _ end: Int) -> Int? {
        if position >= end { return nil }
        let target = position + Int(code[position])
        return target > position && target <= end ? target : nil
    }

    /// The operations in `from..<to`.
    private func block(_ from: Int, _ to: Int, depth: Int) -> Bool {
        if depth > 2000 { return false }
        var pc = from
        while pc < to {
            switch code[pc] {
            case SREOp.any, SREOp.anyAll: pc += 1
            case SREOp.literal, SREOp.notLiteral, SREOp.literalIgnore, SREOp.notLiteralIgnore, SREOp.literalUniIgnore,
                 SREOp.notLiteralUniIgnore, SREOp.literalLocIgnore, SREOp.notLiteralLocIgnore:
                pc += 2
            case SREOp.mark:
                if pc + 1 >= to || Int(code[pc + 1]) >= groups * 2 { return false }
                pc += 2
            case SREOp.at:
                if pc + 1 >= to || code[pc + 1] >= SREAt.count { return false }
                pc += 2
            case SREOp.category:
                if pc + 1 >= to || code[pc + 1] > 17 { return false }
                pc += 2
            case SREOp.in, SREOp.inIgnore, SREOp.inUniIgnore, SREOp.inLocIgnore:
                guard let next = skip(pc + 1, to), charset(pc + 2, next) else { return false }
                pc = next
            case SREOp.info:
                guard let next = skip(pc + 1, to), info(pc, next) else { return false }
                pc = next
            case SREOp.branch:
                var at = pc + 1
                var last = -1
                while at < to && code[at] != 0 {
                    // Each alternative ends with a jump behind the whole.
                    guard let next = skip(at, to), next - 3 >= at, code[next - 2] == SREOp.jump,
                          let target = skip(next - 1, to), last < 0 || last == target,
                          block(at + 1, next - 2, depth: depth + 1) else { return false }
                    last = target
                    at = next
                }
                if last < 0 || at >= to || last != at + 1 { return false }
                pc = last
            case SREOp.repeatOne, SREOp.minRepeatOne, SREOp.possessiveRepeatOne:
                guard let next = skip(pc + 1, to), next - pc >= 6, code[pc + 2] <= code[pc + 3], code[next - 1] == SREOp.success,
                      block(pc + 4, next - 1, depth: depth + 1) else { return false }
                pc = next
            case SREOp.repeat, SREOp.possessiveRepeat:
                guard let next = skip(pc + 1, to), next < to, code[pc + 2] <= code[pc + 3],
                      block(pc + 4, next, depth: depth + 1) else { return false }
                let close = code[next]
                if code[pc] == SREOp.repeat ? close != SREOp.maxUntil && close != SREOp.minUntil : close != SREOp.success { return false }
                pc = next + 1
            case SREOp.atomicGroup:
                guard let next = skip(pc + 1, to), code[next - 1] == SREOp.success, block(pc + 2, next - 1, depth: depth + 1) else { return false }
                pc = next
            case SREOp.assert, SREOp.assertNot:
                guard let next = skip(pc + 1, to), next - pc >= 4, code[next - 1] == SREOp.success,
                      block(pc + 3, next - 1, depth: depth + 1) else { return false }
                pc = next
            case SREOp.groupRef, SREOp.groupRefIgnore, SREOp.groupRefUniIgnore, SREOp.groupRefLocIgnore:
                if pc + 1 >= to || Int(code[pc + 1]) >= groups { return false }
                pc += 2
            case SREOp.groupRefExists:
                if pc + 2 >= to || Int(code[pc + 1]) >= groups { return false }
                let otherwise = pc + 2 + Int(code[pc + 2]) - 1
                if otherwise < pc + 3 || otherwise > to { return false }
                // With a second branch the first ends with a jump over it; a literal may look like that jump.
                if otherwise - 2 >= pc + 3, code[otherwise - 2] == SREOp.jump, let end = skip(otherwise - 1, to), end >= otherwise,
                   block(pc + 3, otherwise - 2, depth: depth + 1), block(otherwise, end, depth: depth + 1) {
                    pc = end
                } else {
                    if !block(pc + 3, otherwise, depth: depth + 1) { return false }
                    pc = otherwise
                }
            default: return false
            }
            if pc > to { return false }
        }
        return pc == to
    }

    /// A set in `from..<to`, FAILURE last.
    private func charset(_ from: Int, _ to: Int) -> Bool {
        if to - 1 < from || code[to - 1] != SREOp.failure { return false }
        let end = to - 1
        var pc = from
        while pc < end {
            switch code[pc] {
            case SREOp.negate: pc += 1
            case SREOp.literal: pc += 2
            case SREOp.range, SREOp.rangeUniIgnore: pc += 3
            case SREOp.category:
                if pc + 1 >= end || code[pc + 1] > 17 { return false }
                pc += 2
            case SREOp.charset: pc += 9
            case SREOp.bigCharset:
                if pc + 66 > end { return false }
                let blocks = Int(code[pc + 1])
                if pc + 66 + blocks * 8 > end { return false }
                for i in 0..<256 where Int(code[pc + 2 + i / 4] >> UInt32(i % 4 * 8) & 255) >= blocks { return false }
                pc += 66 + blocks * 8
            default: return false
            }
        }
        return pc == end
    }

    private func info(_ pc: Int, _ next: Int) -> Bool {
        if next - pc < 5 { return false }
        let flags = code[pc + 2]
        if flags & SREInfo.prefix != 0 {
            let length = Int(code[pc + 5])
            return pc == 0 && length > 0 && pc + 7 + length * 2 <= next
        }
        if flags & SREInfo.charset != 0 { return pc == 0 && charset(pc + 5, next) }
        return true
    }
}
