// main.swift: prepares or runs one workload on the main thread, for tools that count instructions.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Workloads

let words = CommandLine.arguments
guard words.count == 4, let workload = Workload(rawValue: words[2]),
  ["prepare", "run", "nothing"].contains(words[1])
else {
  let names = Workload.allCases.map(\.rawValue).joined(separator: "|")
  print("usage: Instructions prepare|run|nothing \(names) FOLDER")
  exit(2)
}
switch words[1] {
case "prepare":
  try workload.prepare(in: words[3])
case "run":
  // Waiting keeps the main thread: a tool under which it ended would count no further.
  let done = DispatchSemaphore(value: 0)
  Task.detached {
    do {
      try await workload.run(in: words[3])
    } catch {
      print("\(workload.rawValue): \(error)")
      exit(1)
    }
    done.signal()
  }
  done.wait()
default:
  break
}
