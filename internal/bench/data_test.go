package main

import "testing"

// BenchmarkData builds the large databases that the other benchmarks ask for, and measures nothing.
func BenchmarkData(b *testing.B) {
	for b.Loop() {
		for _, build := range []func(*testing.B) string{empty, followed, crowd, past} {
			b.Log(build(b))
		}
	}
}
