// ScheduleHistory.swift: the schedules of a ledger, followed from entry to entry.
// Reference: `docs/formats.md`, section "Schedules".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// The schedules that entries declare, and how far their runs have come.
///
/// A run carries no loss, so each must be the next one of a schedule that was paid.
struct ScheduleHistory {
  /// One schedule.
  struct Progress {
    let dataset: String
    let digest: String?
    let analyst: String?
    let slices: [String]?
    let declared: DeclaredSchedule
    /// How many runs were committed.
    var released = 0
    var pending: ReleaseID?
    /// Whether a run was opened, so that the price cannot be given back.
    var wasOpened = false
    /// The releases of the runs, by their numbers.
    var ids: [Int: ReleaseID] = [:]
  }

  /// The schedules that are not voided.
  private(set) var schedules: [ReleaseID: Progress] = [:]
  /// The schedules of the runs that are begun and not done.
  private var begun: [ReleaseID: ReleaseID] = [:]

  /// Follows an entry.
  ///
  /// - Throws: `Damage` where it does not follow from the entries before it.
  mutating func follow(_ entry: LedgerEntry) throws(Damage) {
    guard let id = entry.release else { return }
    switch entry.kind {
    case .schedule: try declare(id, entry)
    case .reserve: if let run = entry.run { try hold(run, id, entry) }
    case .open: if let name = begun[id] { schedules[name]?.wasOpened = true }
    case .commit:
      guard let name = begun.removeValue(forKey: id) else { return }
      schedules[name]?.released += 1
      schedules[name]?.pending = nil
    case .void: try void(id, entry)
    case .create, .resume, .spend: break
    }
  }

  private mutating func declare(_ name: ReleaseID, _ entry: LedgerEntry) throws(Damage) {
    guard let declared = entry.declared, schedules[name] == nil else {
      throw Damage("entry \(entry.position) declares no schedule, or one that exists")
    }
    schedules[name] = Progress(
      dataset: entry.dataset,
      digest: entry.digest,
      analyst: entry.analyst,
      slices: entry.slices,
      declared: declared
    )
  }

  private mutating func hold(
    _ run: DeclaredRun,
    _ id: ReleaseID,
    _ entry: LedgerEntry
  ) throws(Damage) {
    guard var progress = schedules[run.schedule], progress.dataset == entry.dataset,
      progress.digest == entry.digest, progress.analyst == entry.analyst,
      progress.slices == entry.slices, progress.declared.runLoss == run.loss,
      progress.pending == nil, run.index == progress.released,
      run.index < progress.declared.days.count, progress.declared.days[run.index] == entry.day
    else {
      throw Damage("entry \(entry.position) holds a run that is not the next one of a schedule")
    }
    progress.pending = id
    progress.ids[run.index] = id
    schedules[run.schedule] = progress
    begun[id] = run.schedule
  }

  private mutating func void(_ id: ReleaseID, _ entry: LedgerEntry) throws(Damage) {
    if entry.declared != nil {
      guard let progress = schedules.removeValue(forKey: id), !progress.wasOpened,
        progress.pending == nil, progress.declared == entry.declared
      else {
        throw Damage("entry \(entry.position) gives back a schedule that is in use")
      }
    } else if let name = begun.removeValue(forKey: id), let progress = schedules[name] {
      guard let run = entry.run, run.schedule == name, run.index == progress.released else {
        throw Damage("entry \(entry.position) does not give back the run that is held")
      }
      schedules[name]?.pending = nil
      schedules[name]?.ids[run.index] = nil
    }
  }
}
