// HierarchyFile+Order.swift: regions in the order of their levels, and what has no level.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension HierarchyFile {
  /// The most levels.
  static let mostLevels = 64

  /// Puts regions level by level from the top, those of one parent side by side in the order of the file.
  func ordered(
    _ given: [FileRegion],
    names: [String]?
  ) throws(SpecificationError) -> FileHierarchy {
    var given = given
    if let root {
      if let same = given.first(where: { $0.code == root }) {
        throw error(
          same.line,
          "gives the code of the region that `root` adds; give `root` another one, or leave it out"
        )
      }
      given = given.map {
        FileRegion(code: $0.code, parent: $0.parent ?? root, line: $0.line)
      }
      given.insert(FileRegion(code: root, parent: nil, line: 1), at: 0)
    }
    var inside: [String: [Int]] = [:]
    var level: [Int] = []
    for (place, region) in given.enumerated() {
      if let parent = region.parent {
        inside[parent, default: []].append(place)
      } else {
        level.append(place)
      }
    }
    var regions: [FileRegion] = []
    var parents: [Int?] = level.map { _ in nil }
    var counts: [Int] = []
    while !level.isEmpty {
      counts.append(level.count)
      var next: [Int] = []
      for place in level {
        for child in inside[given[place].code] ?? [] {
          next.append(child)
          parents.append(regions.count)
        }
        regions.append(given[place])
      }
      level = next
      guard counts.count <= Self.mostLevels else {
        throw error(nil, "has more than \(Self.mostLevels) levels; leave some out")
      }
    }
    if regions.count < given.count { throw cycle(in: given, but: regions) }
    return FileHierarchy(
      regions: regions,
      tree: TreeShape(parents: parents),
      counts: counts,
      names: try checked(names, counts)
    )
  }

  /// The names of the levels, one for each.
  private func checked(
    _ names: [String]?,
    _ counts: [Int]
  ) throws(SpecificationError) -> [String] {
    guard let names else { return counts.indices.map { "level \($0 + 1)" } }
    let place = levels?.first
    func error(_ message: String) -> SpecificationError {
      place?.error(message) ?? self.error(nil, message)
    }
    guard names.count == counts.count else {
      throw error(
        "the file has \(counts.count) levels and \(names.count) names are written; write one for "
          + "each level from the top, or leave `levels` out"
      )
    }
    guard Set(names).count == names.count else {
      throw error("two levels have one name; rename one of them")
    }
    return names
  }

  /// Regions that cannot be reached from the top lie in themselves, or in such ones.
  private func cycle(in given: [FileRegion], but reached: [FileRegion]) -> SpecificationError {
    let done = Set(reached.map(\.code))
    let places = Dictionary(uniqueKeysWithValues: given.enumerated().map { ($1.code, $0) })
    var here = given.firstIndex { !done.contains($0.code) } ?? 0
    var seen: [Int: Int] = [:]
    var path: [Int] = []
    while seen[here] == nil {
      seen[here] = path.count
      path.append(here)
      guard let next = given[here].parent.flatMap({ places[$0] }) else { break }
      here = next
    }
    let lines = path[(seen[here] ?? 0)...].map { given[$0].line }.sorted()
    let shown = lines.prefix(5).map(String.init).joined(separator: ", ")
    return error(
      lines.first,
      "gives a region that lies in itself (the circle goes through "
        + "\(lines.count == 1 ? "this line" : "the lines \(shown)\(lines.count > 5 ? ", ..." : "")")); "
        + "leave the parent empty where a region lies in none"
    )
  }
}
