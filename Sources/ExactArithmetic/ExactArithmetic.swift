// ExactArithmetic.swift: placeholder
