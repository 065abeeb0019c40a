#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

#if canImport(Glibc)
  /// Glibc's headers hide it from Swift (it is a GNU extension).
  @_silgen_name("pthread_getattr_np")
  private func threadAttributes(_ thread: pthread_t, _ attributes: UnsafeMutablePointer<pthread_attr_t>) -> Int32
#endif

/// Tells a recursive pass over a tree when the native stack is nearly used up.
///
/// The parser bounds the depth of what it makes, but trees also come from programs, and threads may have
/// small stacks; so the bound is the stack itself.
struct StackGuard {
  private let lowest: UInt

  /// `limit`: the lowest address, 0 when it is not known.
  init(limit: UInt = 0) {
    if limit != 0 {
      lowest = limit
      return
    }
    var bottom: UInt = 0
    var size: UInt = 0
    #if canImport(Glibc)
      var attributes = pthread_attr_t()
      if threadAttributes(pthread_self(), &attributes) == 0 {
        var address: UnsafeMutableRawPointer?
        var bytes = 0
        if pthread_attr_getstack(&attributes, &address, &bytes) == 0 {
          bottom = UInt(bitPattern: address)
          size = UInt(bytes)
        }
        pthread_attr_destroy(&attributes)
      }
    #elseif canImport(Darwin)
      size = UInt(pthread_get_stacksize_np(pthread_self()))
      bottom = UInt(bitPattern: pthread_get_stackaddr_np(pthread_self())) - size
    #endif
    // An unlimited main stack is reported with a huge size; 8 MB below us is what we then allow ourselves.
    let here = StackGuard.stackAddress()
    if size > 64 << 20 || bottom == 0 {
      bottom = here - (8 << 20)
      size = 8 << 20
    }
    lowest = bottom + min(256 << 10, size / 4)
  }

  var isNearlyUsedUp: Bool { StackGuard.stackAddress() < lowest }

  @inline(never)
  private static func stackAddress() -> UInt {
    var marker: UInt8 = 0
    return withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) }
  }
}
