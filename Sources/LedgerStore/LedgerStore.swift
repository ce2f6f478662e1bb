// LedgerStore.swift: placeholder
import GRDB
