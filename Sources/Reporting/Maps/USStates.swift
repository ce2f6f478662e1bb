// USStates.swift: codes, names and tiles of the states.
// SPDX-License-Identifier: Apache-2.0

/// A state of the United States, the District of Columbia or Puerto Rico.
struct USState {
  /// The two digits of FIPS 5-2.
  let fips: String
  /// The two letters of the postal service.
  let usps: String
  let name: String
  /// The column and the row of its tile, from 0.
  let tile: (column: Int, row: Int)

  /// All of them, by the postal service's letters.
  private static let table = """
    AL 01 6 6 Alabama;AK 02 0 0 Alaska;AZ 04 1 5 Arizona;AR 05 4 5 Arkansas;CA 06 0 4 California;\
    CO 08 2 4 Colorado;CT 09 9 3 Connecticut;DE 10 9 4 Delaware;DC 11 8 5 District of Columbia;\
    FL 12 8 7 Florida;GA 13 7 6 Georgia;HI 15 0 7 Hawaii;ID 16 1 2 Idaho;IL 17 5 2 Illinois;\
    IN 18 5 3 Indiana;IA 19 4 3 Iowa;KS 20 3 5 Kansas;KY 21 5 4 Kentucky;LA 22 4 6 Louisiana;\
    ME 23 10 0 Maine;MD 24 8 4 Maryland;MA 25 10 2 Massachusetts;MI 26 7 2 Michigan;\
    MN 27 4 2 Minnesota;MS 28 5 6 Mississippi;MO 29 4 4 Missouri;MT 30 2 2 Montana;\
    NE 31 3 4 Nebraska;NV 32 1 3 Nevada;NH 33 10 1 New Hampshire;NJ 34 8 3 New Jersey;\
    NM 35 2 5 New Mexico;NY 36 8 2 New York;NC 37 6 5 North Carolina;ND 38 3 2 North Dakota;\
    OH 39 6 3 Ohio;OK 40 3 6 Oklahoma;OR 41 0 3 Oregon;PA 42 7 3 Pennsylvania;\
    RI 44 9 2 Rhode Island;SC 45 7 5 South Carolina;SD 46 3 3 South Dakota;TN 47 5 5 Tennessee;\
    TX 48 3 7 Texas;UT 49 1 4 Utah;VT 50 9 1 Vermont;VA 51 7 4 Virginia;WA 53 0 2 Washington;\
    WV 54 6 4 West Virginia;WI 55 6 2 Wisconsin;WY 56 2 3 Wyoming;PR 72 10 7 Puerto Rico
    """

  static let all: [USState] = table.split(separator: ";").compactMap { row in
    let words = row.split(separator: " ", maxSplits: 4).map(String.init)
    guard words.count == 5, let column = Int(words[2]), let line = Int(words[3]) else { return nil }
    return USState(fips: words[1], usps: words[0], name: words[4], tile: (column, line))
  }

  /// The states by either of their codes.
  static let byCode: [String: USState] = {
    var states: [String: USState] = [:]
    for state in all {
      states[state.fips] = state
      states[state.usps] = state
    }
    return states
  }()

  /// The states that regions stand for, where all but a few are codes of states in one alphabet.
  ///
  /// - Returns: For each region its state; `nil` where the regions are something else. At least
  ///   three regions have to be states, and nine in ten, so that two letters of another country's
  ///   codes do not pass for states.
  static func states(of regions: [String]) -> [USState?]? {
    for isFIPS in [false, true] {
      let states = regions.map { region in
        byCode[region].flatMap { ($0.fips == region) == isFIPS ? $0 : nil }
      }
      let count = states.count { $0 != nil }
      if count >= 3, count * 10 >= regions.count * 9 { return states }
    }
    return nil
  }
}
