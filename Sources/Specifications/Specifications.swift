// Specifications.swift: placeholder
import Yams
