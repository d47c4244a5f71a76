import Dispatch
import Glibc
import OTSurvey

/// Ctrl-C, a closed terminal, `kill`: what is unfinished is removed, then the program ends as it would have.
enum Interruption {
  static func watch() {
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        Unfinished.removeAll()
        signal(number, SIG_DFL)
        kill(getpid(), number)
        // Its handler holds it for as long as the program runs.
        _ = source
      }
      source.resume()
    }
  }

  /// Whether who started the program wants it to go on, as `nohup` does.
  private static func isIgnored(_ number: CInt) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0 else { return true }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
