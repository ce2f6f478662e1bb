// TileMap.swift: a tile of one size for each state, where no file of shapes is given.
// SPDX-License-Identifier: Apache-2.0

extension RegionMap {
  /// The side of a tile and the gap to the next, in pixels.
  private static let tile = (side: 44, gap: 3)

  /// A tile for each state; `nil` where the regions are no states.
  init?(statesOf regions: [String]) {
    guard let states = USState.states(of: regions) else { return nil }
    self.init(regions: regions.count)
    let step = Self.tile.side + Self.tile.gap
    for (index, state) in states.enumerated() {
      guard let state else { continue }
      let (x, y) = (state.tile.column * step + 2, state.tile.row * step + 2)
      paths[index] = "M\(x) \(y)h\(Self.tile.side)v\(Self.tile.side)h-\(Self.tile.side)z"
      labels[index] = Label(
        text: state.usps,
        x: x + Self.tile.side / 2,
        y: y + Self.tile.side / 2 + 6
      )
      names[index] = state.name
    }
    // The other states are outlined, so that one sees which are not among the regions.
    let present = Set(states.compactMap { $0?.usps })
    for state in USState.all where !present.contains(state.usps) && state.usps != "PR" {
      let (x, y) = (state.tile.column * step + 2, state.tile.row * step + 2)
      background += "M\(x) \(y)h\(Self.tile.side)v\(Self.tile.side)h-\(Self.tile.side)z"
    }
    width = 11 * step + 1
    height = 8 * step + 1
    remarks.append(
      "Each state is one tile, near its place on the map: no state looks important because it is "
        + "large."
        + (background.isEmpty ? "" : " States that are only outlined have no count here.")
    )
  }
}
