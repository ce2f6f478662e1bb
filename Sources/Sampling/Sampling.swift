// Sampling.swift: placeholder
import Crypto
import CryptoExtras
