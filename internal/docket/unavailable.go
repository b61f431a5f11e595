package docket

func unavailable(error) bool { return false }
