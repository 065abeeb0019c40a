import Glibc

@testable import LadonSyntax

func tree(
  _ source: String, _ mode: ParseMode = .exec, _ options: ParseOptions = ParseOptions()
) throws(SyntaxFailure) -> Mod {
  switch onLargeStack({ () -> Result<Mod, SyntaxFailure> in
    do throws(SyntaxFailure) {
      return .success(try parse(source: Array(source.utf8), filename: "<test>", mode: mode, options: options).mod)
    } catch {
      return .failure(error)
    }
  }) {
  case .success(let mod): return mod
  case .failure(let failure): throw failure
  }
}

func dump(_ source: String, _ mode: ParseMode = .exec) throws(SyntaxFailure) -> String {
  String(decoding: TreeDump.text(of: try tree(source, mode)), as: UTF8.self)
}

func failure(
  of source: String, _ mode: ParseMode = .exec, _ options: ParseOptions = ParseOptions()
) -> SyntaxFailure? {
  do throws(SyntaxFailure) {
    _ = try tree(source, mode, options)
    return nil
  } catch {
    return error
  }
}

private final class Job {
  var run: () -> Void = {}
}

/// The test library's threads have small stacks, and unoptimised code takes large frames.
private func onLargeStack<T>(_ body: @escaping () -> T) -> T {
  var result: T?
  let job = Job()
  job.run = { result = body() }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, 128 << 20)
  var thread = pthread_t()
  pthread_create(
    &thread, &attributes,
    {
      Unmanaged<Job>.fromOpaque($0!).takeUnretainedValue().run()
      return nil
    }, Unmanaged.passUnretained(job).toOpaque())
  pthread_join(thread, nil)
  pthread_attr_destroy(&attributes)
  return result!
}
