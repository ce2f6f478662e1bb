import ArgumentParser

@main struct HubbubCommand: ParsableCommand { mutating func run() {} }
