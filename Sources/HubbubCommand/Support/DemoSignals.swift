// DemoSignals.swift: the synthetic signals of the demonstration.
// SPDX-License-Identifier: Apache-2.0

/// Signals of people who never were, for the demonstration.
enum DemoSignals {
  /// A CSV file: people live in one state, and each cares for some intents more than for others.
  static func csv(people: Int, states: [String], intents: [String]) -> [UInt8] {
    var text = "unit,region,intent\n"
    for person in 1...people {
      // The first states and intents of the lists are the most frequent.
      let state = states[min(Int.random(in: 0..<states.count), Int.random(in: 0..<states.count))]
      for _ in 0..<Int.random(in: 1...5) {
        let intent = min(Int.random(in: 0..<intents.count), Int.random(in: 0..<intents.count))
        text += "p\(person),\(state),\(intents[intent])\n"
      }
    }
    return Array(text.utf8)
  }
}
