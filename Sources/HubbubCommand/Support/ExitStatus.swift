// ExitStatus.swift: the four ways in which the program ends.
// SPDX-License-Identifier: Apache-2.0

/// The four ways in which the program ends; scripts depend on them.
enum ExitStatus: Int32 {
  /// What was asked is done.
  case done = 0
  /// The budget or the policy refused; nothing was charged.
  case refused = 1
  /// The input or the usage is wrong.
  case invalid = 2
  /// The environment failed: disk, database, engine.
  case environment = 3
}
